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
  /** Releases of the application: the record of all, and folders with the files of a commit that is being built. */
  releases: join(STATE, 'releases'),
  journal: join(STATE, 'journal'),
  /** The change journal: a file per change, also of finished ones. */
  changes: join(STATE, 'changes'),
  /** The last experiments of each guarantee, for the metrics. */
  experiments: join(STATE, 'experiments.json'),
  logs: join(STATE, 'logs'),
  runs: join(STATE, 'runs'),
  reports: join(STATE, 'reports'),
  /** Screenshots of pages from tests, for inspection. */
  screenshots: join(STATE, 'screenshots'),
} as const;

/**
 * The folder of the locks: one per machine, because its engine runs one stack for all checkouts. It is writable only by root. A reboot removes the
 * locks together with their owners. Other users cannot change the stack and get a folder in the checkout.
 */
export const LOCKS = process.getuid?.() === 0 ? '/run/holdfast' : join(STATE, 'locks');
