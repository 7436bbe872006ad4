import { HoldfastError } from '../../kit/errors.ts';
import { isHealthy } from '../../kit/hosts.ts';
import type { Drain } from '../../kit/operations.ts';
import { userName } from '../../kit/user-name.ts';
import type { RenderedFiles } from '../model/rendered-file.ts';
import { hostsOf, type Host, type Tier, type Topology } from '../model/topology.ts';
import type { StackContext } from '../observe/observation.ts';
import { BACKENDS, findRunningBalancers, isPooledTier, readUpServers } from '../observe/haproxy-servers.ts';
import { findMissing, redundancyOf, serviceOf } from '../observe/redundancy.ts';
import { drainHost, endDrain } from './drain.ts';
import { readDrains, recordDrain } from './drains.ts';
import { handOverRole } from './hand-over-role.ts';
import { makePlan } from './plan.ts';
import { replacement, requireNoHarm, restarting, roll, type RollItem, type RollOptions } from './roll.ts';
import { waitUntilMet } from './wait-until-met.ts';

/** Tiers whose hosts a drain takes out of service, with what it costs to drain the last one. */
const COST_OF_LAST: Readonly<Partial<Record<Tier, string>>> = {
  edge: 'clients of the edges reach nothing',
  lb: 'the site is down',
  web: 'the site is down, except for what the edges have cached',
  app: 'the site is down, except for what the edges have cached',
  db: 'the primary serves all reads',
  cache: 'every page is rendered from the database',
};

/**
 * Why a drain of this host would take the last one of its tier, or the majority of its group, out of service; an empty text if it would not. Throws `usage` for a tier that has
 * nothing to drain.
 */
async function findDrainRefusal(context: StackContext, host: Host): Promise<string> {
  const { topology, hosts } = context;
  const cost = COST_OF_LAST[host.tier];
  if (cost === undefined) {
    throw new HoldfastError('usage', `${host.name} needs no drain: no client is connected to it.`, {
      fix: `Use \`./holdfast restart ${host.name}\` or \`./holdfast replace ${host.name}\`: its queues are on disk, and its peer carries on.`,
    });
  }
  const [states, drains] = await Promise.all([hosts.list(), readDrains(topology)]);
  const others = hostsOf(topology, host.tier).filter(({ name }) => name !== host.name);
  const running = await findRunningBalancers(context);
  const { tier } = host;
  // Docker checks the health of a host every 30 s only. The load balancers notice a failure within a second.
  const pools = isPooledTier(tier) ? await Promise.all(running.map((lb) => readUpServers(lb, BACKENDS[tier]))) : [];
  const stateOf = ({ name }: Host): string => {
    if (drains.has(name)) return 'drained';
    if (!isHealthy(states.get(name))) return 'not healthy';
    return pools.every((servers) => servers.includes(name)) ? '' : 'not in the pool of every load balancer';
  };
  const unusable = others.filter((other) => stateOf(other) !== '');
  const reasons = unusable.map((other) => `${other.name} is ${stateOf(other)}`).join(', ');
  if (unusable.length === others.length) return `${reasons}, so without ${host.name} ${cost}`;
  // Drained hosts are about to be taken down. Without a majority, the group elects no primary.
  const hasMajority = 2 * (others.length - unusable.length) > others.length + 1;
  if ((tier !== 'db' && tier !== 'cache') || hasMajority) return '';
  return `${reasons}, so without ${host.name} the others are no majority that could elect a primary`;
}

/** Throws `refused` if a drain of this host would take the last one of its tier out of service ({@link findDrainRefusal}). */
export async function refuseLast(context: StackContext, host: Host): Promise<void> {
  const refusal = await findDrainRefusal(context, host);
  if (refusal === '') return;
  throw new HoldfastError('refused', `${host.name} was not drained: ${refusal}.`, {
    fix: 'Return or repair another host of the tier first, or accept the cost with --force.',
  });
}

/** Options of an operator's drain, which lasts longer than the command. */
export interface DrainRollOptions extends RollOptions {
  /** Silences the alerts that the recorded drains cause, and no others. Reports a failure as progress. Missing: no alert is silenced. */
  readonly silenceDrains?: () => Promise<void>;
}

/** Drains a host until `undrain`. The alerts that this causes are silent until `until`. Throws `refused` for the last host of its tier, unless forced. */
export async function drainUntilUndrain(
  options: DrainRollOptions,
  host: Host,
  drain: Pick<Drain, 'reason' | 'until'>,
): Promise<void> {
  const { context, signal, onProgress, onStep, silenceDrains } = options;
  // Again, because the stack may have changed since the command was given, or since it was interrupted.
  if (options.isForced !== true) {
    await refuseLast(context, host);
    await requireNoHarm(host, options.watch, 'was not drained');
  }
  try {
    await handOverRole(context, host, {
      ...{ signal, onProgress, isForced: options.isForced === true },
      onStep: (step) => onStep?.(host.name, step),
    });
    await drainHost(context, host, {
      signal,
      drain: { ...drain, by: userName(), kind: 'operator' },
      onStep: (step) => onStep?.(host.name, step),
      ...(silenceDrains === undefined ? {} : { onRecorded: silenceDrains }),
      onWait: (unmet) => {
        onProgress(`${host.name}: waiting: ${unmet}`);
      },
    });
  } catch (error) {
    await silenceDrains?.();
    throw error;
  }
}

/** Gives a drain of an operator another planned end and reason. The host stays drained all the time. */
export async function replanDrain(
  { context, silenceDrains }: DrainRollOptions,
  drain: Drain,
  plan: Pick<Drain, 'reason' | 'until'>,
): Promise<void> {
  await recordDrain(context.topology, { ...drain, ...plan });
  await silenceDrains?.();
}

const RETURN_DEADLINE_MS = 60_000;

/**
 * Returns a drained host to service, and waits until it serves; in tiers without a pool, until the tier has full redundancy. Throws `stack-not-healthy` if
 * that never happens: the drain has ended then.
 */
export async function undrain(options: DrainRollOptions, host: Host): Promise<void> {
  const { context, signal, onProgress, onStep, silenceDrains } = options;
  onStep?.(host.name, 'return');
  await endDrain(context, host);
  const redundancies = redundancyOf(context.topology, host.tier);
  const service = isPooledTier(host.tier) ? serviceOf(host) : redundancies;
  const unmet = await waitUntilMet(() => findMissing(context, service), {
    ...{ deadlineMs: RETURN_DEADLINE_MS, signal },
    onWait: (text) => {
      onProgress(`${host.name}: waiting: ${text}`);
    },
  }).finally(silenceDrains);
  if (unmet !== '') {
    throw new HoldfastError(
      'stack-not-healthy',
      `${host.name} is no longer drained, but its tier is not complete: ${unmet}.`,
      {
        fix: `Check \`./holdfast status\` and \`./holdfast logs ${host.name}\`.`,
      },
    );
  }
  const missing = await findMissing(context, redundancies);
  if (missing === '') onStep?.(host.name, 'redundant');
  else onProgress(`${host.name} serves again, but its tier has no full redundancy: ${missing}`);
}

interface HostsRequest {
  readonly hosts: readonly Host[];
  readonly reason: string;
  readonly files: RenderedFiles;
  readonly how: 'restart' | 'replace';
}

/** Restarts hosts, or creates their containers again from the files and image of the topology, one at a time. */
export async function changeHosts(options: RollOptions, { hosts, reason, files, how }: HostsRequest): Promise<void> {
  await roll(await itemsOf(options.context.topology, { hosts, reason, files, how }), options);
}

async function itemsOf(topology: Topology, { hosts, reason, files, how }: HostsRequest): Promise<readonly RollItem[]> {
  if (how === 'restart') return hosts.map((host) => restarting(host, reason));
  const names = new Set(hosts.map(({ name }) => name));
  return (await makePlan(topology, files))
    .filter(({ host }) => names.has(host.name))
    .map((planned) => replacement(planned, [reason]));
}
