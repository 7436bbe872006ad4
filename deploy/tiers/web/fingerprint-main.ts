import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fingerprint, type Asset } from './fingerprint.ts';

/**
 * `node deploy/tiers/web/fingerprint-main.ts SOURCE [TARGET]`: writes the manifest next to SOURCE. With TARGET, it also writes the assets there,
 * under their fingerprinted names and with a compressed copy of each.
 */
const [source, target] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: fingerprint-main.ts SOURCE [TARGET]');

const entries = await readdir(source, { recursive: true, withFileTypes: true });
const sources = await Promise.all(
  entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map(async (path): Promise<Asset> => ({ path: relative(source, path), content: await readFile(path) })),
);
const { manifest, assets } = fingerprint(sources);
await writeFile(join(dirname(source), 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
if (target !== undefined) {
  for (const { path, content } of assets) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), content);
    await writeFile(join(target, `${path}.gz`), gzipSync(content, { level: 9 }));
  }
}
