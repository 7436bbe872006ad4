import { readFileSync } from 'node:fs';

/**
 * The text of a small file that is in memory (below `/proc`, or on a tmpfs), '' where it cannot be read. Read at once: to have it read by another
 * thread takes an idle process several times as long.
 */
export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
