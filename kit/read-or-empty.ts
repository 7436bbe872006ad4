import { readFileSync } from 'node:fs';

/**
 * The text of a small file in memory (below `/proc`, or on a tmpfs); '' if it is unreadable. Reads synchronously: asynchronous reads woke
 * helper threads 58 times more for the few files of one scrape of a load balancer's state.
 */
export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
