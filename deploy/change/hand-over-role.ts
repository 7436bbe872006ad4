import type { Host } from '../model/topology.ts';
import { findCachePrimary } from '../observe/cache-replication.ts';
import { readDbGroup } from '../observe/db-group.ts';
import type { StackContext } from '../observe/observation.ts';
import type { ChangeStep } from './change-step.ts';
import { switchCache } from './switch-cache.ts';
import { switchDatabase } from './switch-database.ts';

interface HandOverOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  readonly onStep?: (step: ChangeStep['step']) => void;
}

/**
 * Moves the role of primary away from a host of the database or of the cache. Does nothing for a host without that role. Throws `switch-failed` if the role
 * cannot move; it is not possible for the only host of its tier.
 */
export async function handOverRole(context: StackContext, host: Host, options: HandOverOptions): Promise<void> {
  const { onProgress, onStep } = options;
  if (host.tier === 'db' && (await readDbGroup(context.topology)).primary === host.name) {
    onStep?.('hand-over');
    const { to, tookMs, endedTransactions } = await switchDatabase(context, options);
    const ended = endedTransactions === 0 ? '' : `; ${endedTransactions} idle transactions were ended`;
    onProgress(`${to} is the primary of the database: writes moved within ${tookMs} ms${ended}`);
  }
  if (host.tier === 'cache' && (await findCachePrimary(context)) === host.name) {
    onStep?.('hand-over');
    const { to, pausedMs } = await switchCache(context, options);
    onProgress(`${to} is the primary of the cache: writes waited for ${pausedMs} ms`);
  }
}
