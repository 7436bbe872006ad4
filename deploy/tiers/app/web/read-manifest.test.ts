import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readManifest } from './read-manifest.ts';

it('finds the fingerprinted files of the web tier from the folder of the application', () => {
  const manifest = readManifest(join(import.meta.dirname, '..'));
  expect(manifest['app.css']).toMatch(/^\/static\/app\.[0-9a-f]{10}\.css$/);
});
