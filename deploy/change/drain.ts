import { HoldfastError } from '../../kit/errors.ts';
import type { Drain } from '../../kit/operations.ts';
import type { Host } from '../model/topology.ts';
import { responseTimeoutMs } from '../model/response-timeout.ts';
import {
  BACKENDS,
  findRunningBalancers,
  isPooledTier,
  readServer,
  readUpServers,
  type PooledTier,
} from '../observe/haproxy-servers.ts';
import type { StackContext } from '../observe/observation.ts';
import type { ChangeStep } from './change-step.ts';
import { drainEdge, returnEdge } from './drain-edge.ts';
import { drainLoadBalancer } from './drain-load-balancer.ts';
import { forgetDrain, readDrains, recordDrain } from './drains.ts';
import { waitUntilMet, type WaitOptions } from './wait-until-met.ts';

/** A host that gets requests through a backend of the load balancers. */
type PooledHost = Host & { readonly tier: PooledTier };

function isPooled(host: Host): host is PooledHost {
  return isPooledTier(host.tier);
}

export interface DrainOptions extends Pick<WaitOptions, 'signal' | 'onWait'> {
  readonly drain: Pick<Drain, 'by' | 'reason' | 'kind' | 'until'>;
  readonly onStep: (step: ChangeStep['step']) => void;
  /** Cuts the connections of a load balancer whose virtual IPs no other one can take. */
  readonly isForced?: boolean;
  /** Called when the drain is on disk and published, before its requests have finished. */
  readonly onRecorded?: () => Promise<void>;
}

/** Connections to a database end when the role agents have taken it out of the reads. */
const READS_DEADLINE_MS = 10_000;

/**
 * Takes a host out of service, and waits until its requests have finished. The drain is on disk before any server knows it. For web, application and
 * database hosts, the agents on the load balancers apply it, also after a restart or reload of HAProxy. A load balancer hands over the virtual IPs, and an
 * edge stops listening; connections that do not end within 30 s are reported, and cut with the host. Throws `roll-stopped` if another host is still used
 * after the deadline; by then it is back in service.
 */
export async function drainHost(context: StackContext, host: Host, options: DrainOptions): Promise<void> {
  await using undo = new AsyncDisposableStack();
  undo.defer(() => endDrain(context, host));
  options.onStep('drain');
  await recordDrain(context.topology, { ...options.drain, host: host.name, since: new Date().toISOString() });
  await options.onRecorded?.();
  if (host.tier === 'lb' || host.tier === 'edge') {
    const { cutConnections } = await (host.tier === 'lb' ? drainLoadBalancer : drainEdge)(context, host, options);
    if (cutConnections > 0) options.onWait(`${cutConnections} connections did not end in time and are cut`);
    options.onStep('drained');
    undo.move();
    return;
  }
  const { deadlineMs, findUse } = useOf(context, host);
  const unmet = await waitUntilMet(findUse, { ...options, deadlineMs });
  if (unmet !== '') {
    throw new HoldfastError(
      'roll-stopped',
      `${host.name} could not be drained within ${deadlineMs / 1_000} s: ${unmet}. It is back in service.`,
      { fix: 'Check `./holdfast status` and the named load balancer, then repeat the command.' },
    );
  }
  options.onStep('drained');
  undo.move();
}

/**
 * {@link drainHost} for the duration of a change. Disposing returns the host, unless it was drained before: then it stays drained. Hosts of other tiers get
 * no requests that could be drained: for these it does nothing.
 */
export async function drainForChange(
  context: StackContext,
  host: Host,
  options: Omit<DrainOptions, 'drain'>,
): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  // A host that an interrupted change drained is drained again, and returned at the end of this one.
  const isOperators = (await readDrains(context.topology)).get(host.name)?.kind === 'operator';
  if (!isDrainable(host) || isOperators) return undo.move();
  await drainHost(context, host, {
    ...options,
    drain: { by: 'change', reason: 'a change in progress', kind: 'change' },
  });
  undo.defer(async () => {
    await endDrain(context, host);
    options.onStep('return');
  });
  return undo.move();
}

/** Whether the requests of a host can be taken over by others of its tier. */
function isDrainable(host: Host): boolean {
  return isPooled(host) || host.tier === 'db' || host.tier === 'lb' || host.tier === 'edge';
}

/** Returns a host to service. Agents and load balancers do that by themselves when the drain is no longer on disk; an edge listens again. */
export async function endDrain(context: StackContext, host: Host): Promise<void> {
  if (host.tier === 'edge') await returnEdge(context, host);
  await forgetDrain(context.topology, host.name);
}

/**
 * Returns hosts that an interrupted change drained, except those that are to be changed now: a program that the change had started may still be stopping
 * them. Returns their names. Drains of operators stay.
 */
export async function undrainAll(
  context: StackContext,
  except: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const drains = await readDrains(context.topology);
  const left = context.topology.hosts.filter(({ name }) => drains.get(name)?.kind === 'change' && !except.has(name));
  for (const host of left) await endDrain(context, host);
  return left.map(({ name }) => name);
}

interface Use {
  readonly deadlineMs: number;
  /** Who still uses the host; an empty text if no load balancer does. */
  readonly findUse: () => Promise<string>;
}

function useOf(context: StackContext, host: Host): Use {
  if (isPooled(host)) {
    return {
      deadlineMs: 2 * responseTimeoutMs(context.topology.profile, BACKENDS[host.tier]),
      findUse: () => findRequests(context, host),
    };
  }
  return { deadlineMs: READS_DEADLINE_MS, findUse: () => findReads(context, host) };
}

/** The load balancers that still use a host, with its requests in flight. Throws if one that runs does not respond: then nothing is known. */
async function findRequests(context: StackContext, { tier, name }: PooledHost): Promise<string> {
  const balancers = await findRunning(context);
  const views = await Promise.all(balancers.map((lb) => readServer(lb, BACKENDS[tier], name)));
  return views
    .filter(({ isUp, sessions }) => isUp || sessions > 0)
    .map(({ lb, isUp, sessions }) =>
      isUp ? `${lb} still sends requests to it` : `${lb} has ${sessions} requests in flight`,
    )
    .join(', ');
}

/** The load balancers that still send reads to a database node; other tiers get none. Throws if one that runs does not respond. */
async function findReads(context: StackContext, { tier, name }: Host): Promise<string> {
  if (tier !== 'db') return '';
  const views = await Promise.all(
    (await findRunning(context)).map(async (lb) => ({ lb: lb.name, readers: await readUpServers(lb, 'db-read') })),
  );
  return views
    .filter(({ readers }) => readers.includes(name))
    .map(({ lb }) => `${lb} still sends reads to it`)
    .join(', ');
}

/** Throws if no load balancer runs: then nothing is known. */
async function findRunning(context: StackContext): Promise<readonly Host[]> {
  const running = await findRunningBalancers(context);
  if (running.length === 0) throw new Error('no load balancer runs');
  return running;
}
