import { join } from 'node:path';

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, '..');

/** Everything that a run leaves behind: secrets, journal, logs, runs, reports. Ignored by git. */
export const STATE = join(ROOT, '.holdfast');

export const PATHS = {
  compose: join(ROOT, 'compose.yaml'),
  rendered: join(ROOT, 'deploy', 'rendered'),
  secrets: join(STATE, 'secrets'),
  journal: join(STATE, 'journal'),
  logs: join(STATE, 'logs'),
  runs: join(STATE, 'runs'),
  reports: join(STATE, 'reports'),
  /** What tests saw of pages, to be looked at by a person. */
  screenshots: join(STATE, 'screenshots'),
} as const;

/** One for the machine, because its one engine runs one stack for all checkouts. In a folder that only root may write to; gone
 * after a reboot, as are those who held it. Who is not root cannot change the stack, and gets a lock of the checkout. */
export const STACK_LOCK = process.getuid?.() === 0 ? '/run/holdfast/stack.lock' : join(STATE, 'stack.lock');
