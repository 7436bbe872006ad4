/** One rendered configuration file of a host, as it appears below `/etc/holdfast` there. */
export interface RenderedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
}
