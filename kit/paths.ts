import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
} as const;

/** One for the machine, because its one engine runs one stack for all checkouts. Gone after a reboot, as are those who held it. */
export const STACK_LOCK = join(existsSync('/run/lock') ? '/run/lock' : tmpdir(), 'holdfast.lock');
