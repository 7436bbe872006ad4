import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HoldfastError, messageOf } from './errors.ts';

/**
 * Replaces a file (mode 0600) atomically: after a crash of the machine it contains either the complete old or the complete new text. Throws
 * `write-failed`; then the file is unchanged.
 */
export function writeDurably(path: string, text: string): void {
  try {
    replaceFile(path, text);
  } catch (error) {
    rmSync(draftOf(path), { force: true });
    throw new HoldfastError('write-failed', `${path} could not be written: ${messageOf(error)}.`, {
      cause: error,
      fix: `Check free space and permissions of ${dirname(path)}, then repeat the command.`,
    });
  }
}

function draftOf(path: string): string {
  return `${path}.${process.pid}.new`;
}

function replaceFile(path: string, text: string): void {
  const draft = draftOf(path);
  const file = openSync(draft, 'w', 0o600);
  try {
    // Not writeSync: on an almost full disk it writes only a part, and reports that only in its return value.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** Removes a file durably. A missing file is not an error. */
export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** Makes renames and removals in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
