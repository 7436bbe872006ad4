/** One rendered configuration file, mounted below `/etc/holdfast` of its host. */
export interface RenderedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
}
