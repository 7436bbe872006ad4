import { switchCache } from '../../deploy/change/switch-cache.ts';
import { switchDatabase } from '../../deploy/change/switch-database.ts';
import { hostsOf } from '../../deploy/model/topology.ts';
import { findCachePrimary } from '../../deploy/observe/cache-replication.ts';
import { readDbGroup } from '../../deploy/observe/db-group.ts';
import type { Observation } from '../../deploy/observe/observation.ts';
import { redundancyOf } from '../../deploy/observe/redundancy.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openIdleTransaction } from '../load/idle-transaction.ts';
import { startCacheLedger } from '../probes/cache-ledger.ts';
import type { ChangeRun, MaintenanceGuarantee } from './guarantee.ts';
import { maintenance, UNNOTICED } from './maintenance-claim.ts';

/** Longest wait of a write in a planned switch, in milliseconds: the application holds writes back meanwhile. */
const WRITES_WAIT_MS = 1_000;
/** An idle transaction of a client. Without the switch it would stay for this time. */
const IDLE_MOST_MS = 60_000;
/** The server's own timeout in the control: for this time it refuses every statement of every client. */
const SERVER_TIMEOUT_SECONDS = 5;

/** Moves the primary while a client holds an idle transaction on it. */
async function switchWhileIdle(
  run: ChangeRun,
  options: { readonly serverTimeoutSeconds?: number } = {},
): Promise<Observation> {
  const { context, signal, onProgress } = run;
  await using idle = await openIdleTransaction({
    ...{ topology: context.topology, reads: run.event % 2 === 1, mostMs: IDLE_MOST_MS, signal },
  });
  run.onStep?.(idle.node, 'hand-over');
  const { from, to, tookMs, endedTransactions } = await switchDatabase(context, { ...options, signal, onProgress });
  const { primary } = await readDbGroup(context.topology);
  run.onStep?.(from, 'redundant');
  return {
    seen: primary === to && from !== to,
    text: `the primary moved from ${from} to ${to} within ${tookMs} ms; ${endedTransactions} idle transactions were ended; the group reports ${primary ?? 'no primary'}`,
  };
}

export const dbSwitch: MaintenanceGuarantee = maintenance({
  id: 'maintenance/db-switch',
  movesPrimary: true,
  claim: 'The primary of the database moves on request, also while a client holds an idle transaction.',
  budgets: [...UNNOTICED, { kind: 'stall', of: 'writes', longestMs: WRITES_WAIT_MS }],
  eventMs: 60_000,
  chooseChange: async ({ topology }) => {
    const { primary } = await readDbGroup(topology);
    if (primary === undefined) throw new HoldfastError('stack-not-healthy', 'The database group has no primary.');
    return {
      description: `the primary of the database moves away from ${primary}, on which a client holds an idle transaction`,
      targets: [primary],
      why: `${primary} is the primary`,
      redundancy: redundancyOf(topology, 'db'),
      operation: { kind: 'switch', tier: 'db' },
      perform: (run) => switchWhileIdle(run),
      controls: [
        {
          name: `the server's timeout of ${SERVER_TIMEOUT_SECONDS} s instead of ending the idle transaction`,
          perform: (run) => switchWhileIdle(run, { serverTimeoutSeconds: SERVER_TIMEOUT_SECONDS }),
        },
      ],
    };
  },
});

/** Moves the primary of the cache beside a client that writes to it, and reads its writes back from every cache host. */
async function switchCacheWithLedger(
  run: ChangeRun,
  options: { readonly isPaused?: boolean; readonly intervalMs: number },
): Promise<Observation> {
  const { context, signal, onProgress } = run;
  const { isPaused = true, intervalMs } = options;
  const from = await findCachePrimary(context);
  await using ledger = await startCacheLedger(context.topology, { runId: `${run.id}-${run.event}`, intervalMs });
  if (from !== undefined) run.onStep?.(from, 'hand-over');
  const { to, pausedMs } = await switchCache(context, { isPaused, signal, onProgress });
  if (from !== undefined) run.onStep?.(from, 'redundant');
  run.onCacheWrites({ writes: await ledger.stop(), ...(await ledger.readBack()) });
  const primary = await findCachePrimary(context);
  return {
    seen: primary === to && from !== to,
    text: `the primary moved from ${from ?? 'none'} to ${to}, writes waited for ${Math.round(pausedMs)} ms; the hosts report ${primary ?? 'no primary'}`,
  };
}

export const cacheFailover: MaintenanceGuarantee = maintenance({
  id: 'maintenance/cache-failover',
  claim: 'The primary of the cache moves on request without losing an acknowledged write.',
  // The application bypasses the cache meanwhile. Sentinel needs 2 to 3 s to promote a replica, during which writes are paused.
  budgets: [...UNNOTICED, { kind: 'lost-cache-writes', most: 0, longestGapMs: 5_000 }],
  eventMs: 90_000,
  chooseChange: async (world) => {
    const primary = await findCachePrimary(world);
    if (primary === undefined) throw new HoldfastError('stack-not-healthy', 'The cache has no primary.');
    return {
      description: `the primary of the cache moves away from ${primary}`,
      targets: [primary],
      why: `${primary} is the primary of ${hostsOf(world.topology, 'cache').length} cache hosts`,
      redundancy: redundancyOf(world.topology, 'cache'),
      operation: { kind: 'switch', tier: 'cache' },
      perform: (run) => switchCacheWithLedger(run, { intervalMs: 10 }),
      controls: [
        {
          name: 'without a pause of writes',
          perform: (run) => switchCacheWithLedger(run, { isPaused: false, intervalMs: 0 }),
        },
        {
          name: 'without a pause of writes, once more',
          perform: (run) => switchCacheWithLedger(run, { isPaused: false, intervalMs: 0 }),
        },
      ],
    };
  },
});
