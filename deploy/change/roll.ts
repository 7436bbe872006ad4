import { HoldfastError } from '../../kit/errors.ts';
import { isHealthy } from '../../kit/hosts.ts';
import type { RollWatch } from '../model/change-watch.ts';
import { hostsOf, type Host } from '../model/topology.ts';
import { attachmentsOf } from '../model/network-attachments.ts';
import type { Redundancy, StackContext } from '../observe/observation.ts';
import { BACKENDS } from '../observe/haproxy-servers.ts';
import { findMissing, redundancyOf, serviceOf } from '../observe/redundancy.ts';
import { replaceHostFiles } from '../stack/host-files.ts';
import { runCompose } from '../stack/run-compose.ts';
import type { ChangeStep } from './change-step.ts';
import { drainEdge } from './drain-edge.ts';
import { drainForChange } from './drain.ts';
import { readDrains } from './drains.ts';
import { handOverRole } from './hand-over-role.ts';
import { orderHosts, TIER_ORDER } from './order.ts';
import type { PlannedHost } from './plan.ts';
import { waitUntilMet, type WaitOptions } from './wait-until-met.ts';

export interface RollOptions {
  readonly context: StackContext;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Called before each step of a host, and `onDone` when a host is changed completely. */
  readonly onStep?: (host: string, step: ChangeStep['step']) => void;
  readonly onDone?: (host: string) => void;
  /** Changes hosts also without redundancy, which interrupts the service. */
  readonly isForced?: boolean;
  /** Observes clients and alerts; missing: only redundancy is checked. */
  readonly watch?: RollWatch;
}

/** The change of one host in a roll. */
export interface RollItem {
  readonly host: Host;
  /** What is done, such as `replacing`, and why. */
  readonly verb: 'replacing' | 'restarting' | 'reloading';
  readonly reasons: readonly string[];
  /** It keeps its connections, so that it is not drained. */
  readonly keepsConnections?: boolean;
  /** Changes the host. It is drained, and need not be healthy when this returns. */
  act(options: RollOptions): Promise<void>;
}

/** A host that was started just now takes some seconds until every load balancer uses it. */
const REDUNDANCY_DEADLINE_MS = 60_000;

/** From the creation of a container until its host is healthy and its tier has full redundancy. */
const RECOVERY_DEADLINE_MS = 180_000;

/**
 * Changes hosts one at a time. A host is changed only while all other hosts of its tier are healthy and in service. The next one follows when the tier has
 * its full redundancy again and clients noticed nothing. Throws `roll-stopped` with the host and the reason; changed hosts stay changed, so that the next
 * call continues.
 */
export async function roll(items: readonly RollItem[], options: RollOptions): Promise<void> {
  const total = items.length;
  let done = 0;
  for (const tier of TIER_ORDER) {
    let rest = items.filter(({ host }) => host.tier === tier);
    while (rest.length > 0) {
      options.signal.throwIfAborted();
      const hosts = rest.map(({ host }) => host);
      const [next] = await orderHosts(options.context, tier, hosts);
      const item = rest.find(({ host }) => host === next);
      if (item === undefined) throw new Error(`no host of ${tier} is left to change`);
      done += 1;
      const { host, verb, reasons } = item;
      options.onProgress(`${verb} ${host.name} (${done} of ${total}): ${reasons.join(', ')}`);
      await changeHost(item, options);
      rest = rest.filter((one) => one !== item);
    }
  }
}

async function changeHost(item: RollItem, options: RollOptions): Promise<void> {
  const { context, signal, onProgress, watch } = options;
  const { host } = item;
  const onWait = (unmet: string): void => {
    onProgress(`${host.name}: waiting: ${unmet}`);
  };
  const onStep = (step: ChangeStep['step']): void => options.onStep?.(host.name, step);
  const isForced = options.isForced === true;
  if (!isForced) await requireRedundancy(context, host, { signal, onWait });
  await using announced = new AsyncDisposableStack();
  // First: alerts of this host itself, also from an interrupted change, are no reason against the change that ends them.
  if (watch !== undefined) announced.use(await watch.announce(host));
  // The change of a host that does not work may be what ends an outage.
  const isRepair = !isHealthy(await context.hosts.state(host.name));
  if (!isRepair && !isForced) await requireNoHarm(host, watch, 'was not changed');
  // A host that an operator drained stays drained, so its tier cannot have full redundancy afterwards.
  const isDrained = (await readDrains(context.topology)).get(host.name)?.kind === 'operator';
  const redundancies = (): readonly Redundancy[] => {
    if (isDrained && (host.tier in BACKENDS || host.tier === 'edge')) return [];
    // A forced change waits for the service of its own host only: other hosts of the tier may be lost.
    return isForced ? serviceOf(host) : redundancyOf(context.topology, host.tier);
  };
  const recovered = async (wanted: readonly Redundancy[]): Promise<void> => {
    const wait = { deadlineMs: RECOVERY_DEADLINE_MS, signal, onWait };
    const unmet = await waitUntilMet(async () => {
      await startIfCreated(context, host);
      return findUnmet(context, host, wanted);
    }, wait);
    if (unmet === '') return;
    throw new HoldfastError('roll-stopped', `The change stopped after ${host.name}: ${unmet}.`, {
      fix: `Check \`./holdfast status\` and \`./holdfast logs ${host.name}\`. Hosts that were not changed yet are unchanged; repeat the command to continue.`,
    });
  };
  if (item.keepsConnections !== true) await handOverRole(context, host, { signal, onProgress, onStep, isForced });
  {
    await using _drained =
      item.keepsConnections === true
        ? undefined
        : await drainForChange(context, host, { signal, onWait, onStep, isForced });
    await item.act(options);
    await reconnect(context, [host]);
    await recovered([]);
    onStep('ready');
  }
  // An edge forgets its drain when it starts.
  if (isDrained && host.tier === 'edge') await drainEdge(context, host, { signal, onWait });
  await recovered(redundancies());
  onStep('redundant');
  options.onDone?.(host.name);
  if (isRepair) return;
  if (!isForced) {
    await requireNoHarm(host, watch, 'was changed, and the change stopped after it');
    return;
  }
  const harm = (await watch?.findHarm()) ?? '';
  if (harm !== '') onProgress(`${host.name} was changed: ${harm}`);
}

/** Throws `roll-stopped` if clients or alerts show harm; `what` says what happened to the host. */
export async function requireNoHarm(host: Host, watch: RollWatch | undefined, what: string): Promise<void> {
  const harm = (await watch?.findHarm()) ?? '';
  if (harm === '') return;
  throw new HoldfastError('roll-stopped', `${host.name} ${what}: ${harm}.`, {
    fix: 'Find the cause first: `./holdfast status` and the mailbox. Then repeat the command. `--force`, where the command has it, changes the host all the same.',
  });
}

/** Creates the container of a host again, with its new files. */
export function replacement(planned: PlannedHost, reasons = planned.reasons): RollItem {
  const { host } = planned;
  return {
    ...{ host, verb: 'replacing', reasons },
    act: async ({ signal, onStep }) => {
      onStep?.(host.name, 'stop');
      await replaceHosts([planned], signal);
      onStep?.(host.name, 'start');
    },
  };
}

/** Shuts a host down in order and starts it again, with the files that it has. */
export function restarting(host: Host, reason: string): RollItem {
  return {
    ...{ host, verb: 'restarting', reasons: [reason] },
    act: async ({ context: { hosts }, onStep }) => {
      onStep?.(host.name, 'stop');
      await hosts.stop(host.name);
      onStep?.(host.name, 'start');
      await hosts.start(host.name);
    },
  };
}

/** Gives hosts their new files and creates their containers again, all at the same time. Does not wait for their health. */
export async function replaceHosts(planned: readonly PlannedHost[], signal: AbortSignal): Promise<void> {
  if (planned.length === 0) return;
  const names = planned.map(({ host }) => host.name);
  await replaceHostFiles(planned, () =>
    runCompose(['up', '--detach', '--no-deps', '--force-recreate', ...names], signal),
  );
}

/**
 * Throws `roll-stopped` if another host of the tier is not healthy or is drained, or if the tier lacks redundancy. Redundancy that an unhealthy or drained
 * host itself takes away does not count: its change can restore it.
 */
export async function requireRedundancy(
  context: StackContext,
  host: Host,
  wait: Pick<WaitOptions, 'signal' | 'onWait'>,
): Promise<void> {
  const [states, drains] = await Promise.all([context.hosts.list(), readDrains(context.topology)]);
  const others = hostsOf(context.topology, host.tier)
    .map(({ name }) => name)
    .filter((name) => name !== host.name);
  const down = others.filter((name) => !isHealthy(states.get(name)));
  const drained = others.filter((name) => drains.has(name));
  const unmet = async (): Promise<string> => {
    if (drained.length > 0)
      return drained.map((name) => `${name} is drained (${drains.get(name)?.reason ?? ''})`).join(', ');
    if (down.length > 0) return `${down.join(', ')} is not healthy`;
    const isOutOfPool = drains.has(host.name) && (host.tier in BACKENDS || host.tier === 'edge');
    if (!isHealthy(states.get(host.name)) || isOutOfPool) return '';
    const redundancies = redundancyOf(context.topology, host.tier);
    return waitUntilMet(() => findUnmet(context, host, redundancies), { ...wait, deadlineMs: REDUNDANCY_DEADLINE_MS });
  };
  const reason = await unmet();
  if (reason === '') return;
  throw new HoldfastError('roll-stopped', `${host.name} was not changed: ${reason}.`, {
    fix: 'Check `./holdfast status`, repair or return that host, and repeat the command.',
  });
}

/** Starts a container that has never run: a `docker compose` of a killed process may have created it beside this one. A host that crashed stays down. */
async function startIfCreated({ hosts }: StackContext, { name }: Host): Promise<void> {
  const state = await hosts.state(name);
  if (state !== undefined && !state.running && Date.parse(state.startedAt) <= 0) await hosts.start(name);
}

/** The first condition of a recovered host that is not met: its health, then these redundancies. An empty text if all are met. */
async function findUnmet(context: StackContext, host: Host, redundancies: readonly Redundancy[]): Promise<string> {
  if (!isHealthy(await context.hosts.state(host.name))) return `${host.name} is not healthy yet`;
  return findMissing(context, redundancies);
}

/** Compose 2.40.3 recreates a host that is disconnected from a network. This connects hosts that are still disconnected. */
export async function reconnect({ topology, hosts }: StackContext, which: readonly Host[]): Promise<void> {
  const states = await hosts.list();
  for (const host of which) {
    const connected = states.get(host.name)?.networks ?? {};
    for (const attachment of attachmentsOf(host, topology.profile)) {
      if (connected[attachment.network] !== attachment.address) await hosts.connect(host.name, attachment);
    }
  }
}
