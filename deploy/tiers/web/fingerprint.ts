import { createHash } from 'node:crypto';
import { extname } from 'node:path';

/** URL prefix of assets. The manifest's values include it. */
const PREFIX = '/static';

/** Logical name → URL path: `app.css` → `/static/app.0123456789.css`. */
export type Manifest = Readonly<Record<string, string>>;

/** A static file. In the result of {@link fingerprint}, its path contains the fingerprint. */
export interface Asset {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Buffer;
}

/** Adds a SHA-256 fingerprint of the content to the name of every asset. The order of `sources` does not matter. */
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
