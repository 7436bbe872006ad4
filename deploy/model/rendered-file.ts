/** One rendered configuration file, mounted below `/etc/holdfast` of its host. */
export interface RenderedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly onChange: OnChange;
}

/**
 * How a running host takes over a changed file. `immediate`: its readers open it at each use. `reload`: by a signal to the service, which keeps its
 * connections. `restart`: these services restart. `restart-host`: a script reads it when the host boots.
 */
export type OnChange =
  | { readonly kind: 'immediate' }
  | { readonly kind: 'reload'; readonly service: string }
  | { readonly kind: 'restart'; readonly services: readonly string[] }
  | { readonly kind: 'restart-host' };

export const immediate: OnChange = { kind: 'immediate' };
export const restartHost: OnChange = { kind: 'restart-host' };

export function reload(service: string): OnChange {
  return { kind: 'reload', service };
}

export function restart(...services: readonly string[]): OnChange {
  return { kind: 'restart', services };
}

/** Rendered files: path from the root of the checkout → text. */
export type RenderedFiles = ReadonlyMap<string, string>;
