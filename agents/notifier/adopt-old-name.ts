import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../../kit/durable-file.ts';

/**
 * Renames state that an older version left under another name. If both names exist, an older version ran again after this one, and its
 * state stays unused: an alert that it mailed may be mailed again.
 */
export function adoptOldName(folder: string, oldName: string, name: string): void {
  const [from, to] = [join(folder, oldName), join(folder, name)];
  if (!existsSync(from) || existsSync(to)) return;
  renameSync(from, to);
  syncFolder(folder);
}
