import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../deploy/model/topology.ts';
import { PATHS } from '../../kit/paths.ts';

/**
 * Adds a comment to a configuration file in the folder of a running host, so that the file differs from the rendered one. Its service has not read it; the
 * next plan brings the rendered file back by a reload, as it does for any other difference.
 */
export async function addConfigComment({ name }: Host, file: string): Promise<void> {
  await appendFile(join(PATHS.hosts, name, 'config', file), `# ${new Date().toISOString()}\n`);
}
