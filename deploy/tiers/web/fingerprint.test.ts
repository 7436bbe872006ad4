import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';

const asset = (path: string, text: string) => ({ path, content: Buffer.from(text) });

test('a name depends only on the content of the file', () => {
  const [one, same, other] = ['a {}', 'a {}', 'b {}'].map(
    (text) => fingerprint([asset('css/app.css', text)]).manifest['css/app.css'],
  );
  expect(one).toMatch(/^\/static\/css\/app\.[0-9a-f]{10}\.css$/);
  expect(same).toBe(one);
  expect(other).not.toBe(one);
});

test('the order of the files does not matter', () => {
  const files = [asset('b.js', '1'), asset('a.css', '2')];
  expect(JSON.stringify(fingerprint(files).manifest)).toBe(JSON.stringify(fingerprint(files.toReversed()).manifest));
});

test('the committed manifest matches the committed sources', async () => {
  const folder = join(import.meta.dirname, 'static');
  const source = join(folder, 'source');
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sources = await Promise.all(
    files.map(async (path) => ({ path: relative(source, path), content: await readFile(path) })),
  );
  const tracked: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  expect(tracked).toEqual(fingerprint(sources).manifest);
});
