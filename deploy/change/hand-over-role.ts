import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { isHealthy } from '../../kit/hosts.ts';
import type { Host, Tier } from '../model/topology.ts';
import { findCachePrimary } from '../observe/cache-replication.ts';
import { readDbGroup } from '../observe/db-group.ts';
import type { StackContext } from '../observe/observation.ts';
import type { ChangeStep } from './change-step.ts';
import { switchCache } from './switch-cache.ts';
import { switchDatabase } from './switch-database.ts';

const PRIMARY_DEADLINE_MS = 10_000;

interface HandOverOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  readonly onStep?: (step: ChangeStep['step']) => void;
  /** Reports a role that cannot move, instead of failing: the last host of a tier has none that could take it. */
  readonly isForced?: boolean;
}

/**
 * Moves the role of primary away from a host of the database or of the cache. Does nothing for a host without that role, and for one that is not healthy: the
 * tier has elected another one, or will. Throws `switch-failed` if the role cannot move, if it is not known who has it, or if the host has it again.
 */
export async function handOverRole(context: StackContext, host: Host, options: HandOverOptions): Promise<void> {
  const { onProgress } = options;
  if (host.tier !== 'db' && host.tier !== 'cache') return;
  if (!isHealthy(await context.hosts.state(host.name))) return;
  await moveRole(context, host, options).catch((error: unknown) => {
    options.signal.throwIfAborted();
    if (options.isForced !== true) throw error;
    onProgress(`${host.name} keeps the role of primary: ${messageOf(error)}`);
  });
}

async function moveRole(context: StackContext, host: Host, options: HandOverOptions): Promise<void> {
  const { onProgress, onStep } = options;
  const find = async (): Promise<string> => findPrimaryOf(context, host.tier);
  if ((await find()) !== host.name) return;
  onStep?.('hand-over');
  if (host.tier === 'db') {
    const { to, tookMs, endedTransactions } = await switchDatabase(context, options);
    const ended = endedTransactions === 0 ? '' : `; ${endedTransactions} idle transactions were ended`;
    onProgress(`${to} is the primary of the database: writes moved within ${tookMs} ms${ended}`);
  } else {
    const { to, pausedMs } = await switchCache(context, options);
    onProgress(`${to} is the primary of the cache: writes waited for ${pausedMs} ms`);
  }
  // An interrupted switch that ended meanwhile may have moved the role first, and this one moved it back.
  if ((await find()) === host.name) {
    throw new HoldfastError('switch-failed', `${host.name} is the primary again.`, { fix: 'Repeat the command.' });
  }
}

/** The primary of a tier. Waits for it a little, because an election may be at its end. Throws `switch-failed` if there is none, or several. */
async function findPrimaryOf(context: StackContext, tier: Tier): Promise<string> {
  const read = async (): Promise<string | undefined> =>
    tier === 'db' ? (await readDbGroup(context.topology)).primary : findCachePrimary(context);
  return waitFor(read, { what: `the primary of ${tier}`, deadlineMs: PRIMARY_DEADLINE_MS }).catch((error: unknown) => {
    throw new HoldfastError('switch-failed', `It is not known which host of ${tier} is the primary.`, {
      cause: error,
      fix: 'Check `./holdfast status`, and repeat the command.',
    });
  });
}
