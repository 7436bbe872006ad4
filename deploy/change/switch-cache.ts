import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../kit/errors.ts';
import { isHealthy } from '../../kit/hosts.ts';
import type { Profile } from '../model/profile.ts';
import { addressOn, hostsOf, PORTS, type Host } from '../model/topology.ts';
import { findCachePrimary, readReplication } from '../observe/cache-replication.ts';
import type { StackContext } from '../observe/observation.ts';
import { PRIMARY } from '../tiers/cache/render.ts';
import { runCacheCommand } from './cache-command.ts';
import { waitForRoutes } from './wait-for-routes.ts';

interface SwitchCacheOptions {
  /** Leaves out the pause of writes. Acknowledged writes may be lost then. Only to show what this costs. */
  readonly isPaused?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

interface CacheSwitch {
  readonly from: string;
  /** Sentinel chooses it. */
  readonly to: string;
  /** How long writes waited; 0 without a pause. */
  readonly pausedMs: number;
}

const OFFSET_DEADLINE_MS = 3_000;
const POLL_INTERVAL_MS = 100;

/**
 * Moves the primary of the cache, without losing an acknowledged write. The old primary holds writes back while the replicas apply all earlier ones, while
 * Sentinel promotes a replica, and until the load balancers lead to it. Reads continue. Writes that were held back are discarded, so they fail.
 *
 * The pause ends by itself, so it is safe to kill this process. Throws `switch-failed`; the message says whether the primary has changed.
 */
export async function switchCache(context: StackContext, options: SwitchCacheOptions): Promise<CacheSwitch> {
  const { isPaused = true, signal, onProgress } = options;
  const from = await findFrom(context);
  const replicas = await findReplicas(context, from);
  signal.throwIfAborted();
  onProgress(`the primary of the cache moves from ${from.name}`);
  const startMs = performance.now();
  await using undo = new AsyncDisposableStack();
  if (isPaused) {
    // Also after a successful switch: until the pause ends, the old primary would not accept writes as a primary again.
    undo.defer(async () => {
      await runCacheCommand(context, from.name, { server: 'valkey', command: ['CLIENT', 'UNPAUSE'] });
    });
    await pauseWrites(context, { from, replicas, signal });
  }
  const to = await failOver(context, { from, replicas });
  // Sentinel demotes the old primary only after several seconds, in which it accepts writes.
  await runCacheCommand(context, from.name, {
    ...{ server: 'valkey', command: ['REPLICAOF', addressOn(to, 'data'), String(PORTS.valkey)] },
  });
  const unmet = await waitForRoutes(context, { route: 'cache', host: to.name, signal });
  // The application connects again, to the new primary. Writes that were held back are discarded with their connections.
  await runCacheCommand(context, from.name, {
    server: 'valkey',
    command: ['CLIENT', 'KILL', 'TYPE', 'normal', 'USER', 'app'],
  });
  if (unmet !== '') throw failed(`${to.name} is the primary of the cache, but ${unmet}`);
  return { from: from.name, to: to.name, pausedMs: isPaused ? Math.round(performance.now() - startMs) : 0 };
}

async function findFrom(context: StackContext): Promise<Host> {
  const name = await findCachePrimary(context);
  const host = hostsOf(context.topology, 'cache').find((one) => one.name === name);
  if (host !== undefined) return host;
  throw failed('not exactly one cache host is the primary');
}

/** The other cache hosts. All that run must be synchronized, because Sentinel may choose any of them. */
async function findReplicas(context: StackContext, from: Host): Promise<readonly Host[]> {
  const states = await context.hosts.list();
  const running = hostsOf(context.topology, 'cache').filter(
    ({ name }) => name !== from.name && isHealthy(states.get(name)),
  );
  const read = await Promise.all(running.map((host) => readReplication(context, host)));
  const late = running.filter((_, index) => read[index]?.role !== 'replica' || !read[index].isSynchronized);
  if (late.length > 0) throw failed(`${late.map(({ name }) => name).join(', ')} is not synchronized with ${from.name}`);
  if (running.length === 0) throw failed(`${from.name} has no replica`);
  return running;
}

interface Pause {
  readonly from: Host;
  readonly replicas: readonly Host[];
  readonly signal: AbortSignal;
}

/** Pauses writes, and waits until every replica has applied all earlier ones. */
async function pauseWrites(context: StackContext, { from, replicas, signal }: Pause): Promise<void> {
  const pauseMs = pauseMsOf(context.topology.profile);
  await runCacheCommand(context, from.name, {
    server: 'valkey',
    command: ['CLIENT', 'PAUSE', String(pauseMs), 'WRITE'],
  });
  const written = (await readReplication(context, from))?.offset ?? NaN;
  const deadlineMs = performance.now() + OFFSET_DEADLINE_MS;
  for (;;) {
    signal.throwIfAborted();
    const read = await Promise.all(replicas.map((host) => readReplication(context, host)));
    // `NaN` is never reached.
    const late = replicas.filter((_, index) => !((read[index]?.offset ?? NaN) >= written));
    if (late.length === 0) return;
    const names = late.map(({ name }) => name).join(', ');
    if (performance.now() > deadlineMs) throw failed(`${names} has not applied all writes of ${from.name}`);
    await sleep(POLL_INTERVAL_MS);
  }
}

/** Maximum duration of the pause: that of a failover of Sentinel, and of its detection by the load balancers. */
function pauseMsOf({ sentinelFailoverTimeoutMs, check }: Profile): number {
  return sentinelFailoverTimeoutMs + 2 * check.fall * check.intervalMs;
}

interface Failover {
  readonly from: Host;
  readonly replicas: readonly Host[];
}

/** Requests a failover, and waits until a majority of the sentinels has the new primary. Cannot be interrupted: Sentinel completes it, or aborts it. */
async function failOver(context: StackContext, { from, replicas }: Failover): Promise<Host> {
  const hosts = hostsOf(context.topology, 'cache');
  const [leader] = replicas;
  if (leader === undefined) throw failed(`${from.name} has no replica`);
  await runCacheCommand(context, leader.name, { server: 'sentinel', command: ['SENTINEL', 'FAILOVER', PRIMARY] });
  const deadlineMs = performance.now() + pauseMsOf(context.topology.profile);
  for (;;) {
    const addresses = await Promise.all(hosts.map((host) => readPrimaryAddress(context, host)));
    const next = hosts.find((host) => {
      const votes = addresses.filter((address) => address === addressOn(host, 'data')).length;
      return host !== from && votes > hosts.length / 2;
    });
    if (next !== undefined) return next;
    if (performance.now() > deadlineMs) throw failed(`Sentinel has not replaced ${from.name}`);
    await sleep(POLL_INTERVAL_MS);
  }
}

/** The address of the primary according to one sentinel; `undefined` if it does not respond. */
async function readPrimaryAddress(context: StackContext, { name }: Host): Promise<string | undefined> {
  const command = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', PRIMARY];
  const [address] = await runCacheCommand(context, name, { server: 'sentinel', command }).catch(() => []);
  return address;
}

function failed(reason: string, cause?: unknown): HoldfastError {
  return new HoldfastError('switch-failed', `The primary of the cache was not switched: ${reason}.`, {
    cause,
    fix: 'Check `./holdfast status` and repeat the command.',
  });
}
