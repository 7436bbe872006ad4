import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The fingerprints of the static files, written by the web tier; empty if the image does not contain them. */
export function readManifest(applicationDirectory: string): Readonly<Record<string, string>> {
  const path = join(applicationDirectory, '../web/static/manifest.json');
  if (!existsSync(path)) return {};
  return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(path, 'utf8')));
}
