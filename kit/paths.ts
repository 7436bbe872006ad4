import { join } from 'node:path';

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, '..');

/** All files that commands create: secrets, journal, logs, runs, reports. Ignored by git. */
export const STATE = join(ROOT, '.holdfast');

export const PATHS = {
  compose: join(ROOT, 'compose.yaml'),
  rendered: join(ROOT, 'deploy', 'rendered'),
  secrets: join(STATE, 'secrets'),
  /** A folder per host with the files that it mounts: its own copy, which changes when it is the host's turn. */
  hosts: join(STATE, 'hosts'),
  journal: join(STATE, 'journal'),
  logs: join(STATE, 'logs'),
  runs: join(STATE, 'runs'),
  reports: join(STATE, 'reports'),
  /** Screenshots of pages from tests, for inspection. */
  screenshots: join(STATE, 'screenshots'),
} as const;

/**
 * One lock per machine, because its engine runs one stack for all checkouts. The folder is writable only by root. A reboot removes the
 * lock together with its owner. Other users cannot change the stack and get a lock in the checkout.
 */
export const STACK_LOCK = process.getuid?.() === 0 ? '/run/holdfast/stack.lock' : join(STATE, 'stack.lock');
