import { createHash } from 'node:crypto';
import { extname } from 'node:path';

/** Where assets are served; the application puts this before nothing: the manifest's values are whole paths. */
const PREFIX = '/static';

/** `app.css` → `/static/app.0123456789.css`: what pages name, and where it is served. */
export type Manifest = Readonly<Record<string, string>>;

/** An asset as it is served: below `/static`, under a name that changes with what is in it. */
export interface Asset {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Buffer;
}

/** Names every asset by the SHA-256 of what is in it. The order of `sources` does not matter. */
export function fingerprint(sources: readonly Asset[]): {
  readonly manifest: Manifest;
  readonly assets: readonly Asset[];
} {
  const named = sources
    .map((source) => ({ source, path: fingerprintedPath(source) }))
    .sort((a, b) => (a.source.path < b.source.path ? -1 : 1));
  return {
    manifest: Object.fromEntries(named.map(({ source, path }) => [source.path, `${PREFIX}/${path}`])),
    assets: named.map(({ source, path }) => ({ path, content: source.content })),
  };
}

function fingerprintedPath({ path, content }: Asset): string {
  const extension = extname(path);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 10);
  return `${path.slice(0, path.length - extension.length)}.${digest}${extension}`;
}
