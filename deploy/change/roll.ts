import { HoldfastError } from '../../kit/errors.ts';
import { isHealthy } from '../../kit/hosts.ts';
import { hostsOf, type Host } from '../model/topology.ts';
import { attachmentsOf } from '../model/network-attachments.ts';
import type { Redundancy, StackContext } from '../observe/observation.ts';
import { redundancyOf } from '../observe/redundancy.ts';
import { replaceHostFiles } from '../stack/host-files.ts';
import { runCompose } from '../stack/run-compose.ts';
import { drain } from './drain.ts';
import { orderHosts, TIER_ORDER } from './order.ts';
import type { PlannedHost } from './plan.ts';
import { waitUntilMet, type WaitOptions } from './wait-until-met.ts';

interface RollOptions {
  readonly context: StackContext;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** A host that was started just now takes some seconds until every load balancer uses it. */
const REDUNDANCY_DEADLINE_MS = 60_000;

/** From the creation of a container until its host is healthy and its tier has full redundancy. */
const RECOVERY_DEADLINE_MS = 180_000;

/**
 * Replaces hosts one at a time. A host is replaced only while all other hosts of its tier are healthy, and the next one only when the tier has its
 * full redundancy again. Throws `roll-stopped` with the host and the reason; replaced hosts stay replaced, so that the next call continues.
 */
export async function roll(planned: readonly PlannedHost[], options: RollOptions): Promise<void> {
  const total = planned.length;
  let done = 0;
  for (const tier of TIER_ORDER) {
    let rest = planned.filter(({ host }) => host.tier === tier);
    while (rest.length > 0) {
      options.signal.throwIfAborted();
      const hosts = rest.map(({ host }) => host);
      const [next] = await orderHosts(options.context, tier, hosts);
      const change = rest.find(({ host }) => host === next);
      if (change === undefined) throw new Error(`no host of ${tier} is left to replace`);
      done += 1;
      options.onProgress(`replacing ${change.host.name} (${done} of ${total}): ${change.reasons.join(', ')}`);
      await replaceHost(change, options);
      rest = rest.filter((one) => one !== change);
    }
  }
}

async function replaceHost(planned: PlannedHost, { context, signal, onProgress }: RollOptions): Promise<void> {
  const { host } = planned;
  const onWait = (unmet: string): void => {
    onProgress(`${host.name}: waiting: ${unmet}`);
  };
  const redundancies = redundancyOf(context.topology, host.tier);
  await requireRedundancy(context, host, { signal, onWait });
  const recovered = async (wanted: readonly Redundancy[]): Promise<void> => {
    const wait = { deadlineMs: RECOVERY_DEADLINE_MS, signal, onWait };
    const unmet = await waitUntilMet(() => findUnmet(context, host, wanted), wait);
    if (unmet === '') return;
    throw new HoldfastError('roll-stopped', `The roll stopped after ${host.name}: ${unmet}.`, {
      fix: `Check \`./holdfast logs ${host.name}\`. Hosts that were not replaced are unchanged; repeat \`./holdfast up\` to continue.`,
    });
  };
  {
    await using _drained = await drain(context, host, { signal, onWait });
    await replaceHosts([planned], signal);
    await reconnect(context, [host]);
    await recovered([]);
  }
  await recovered(redundancies);
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
 * Throws `roll-stopped` if another host of the tier is not healthy, or if the tier lacks redundancy. Redundancy that an unhealthy host itself takes
 * away does not count: its replacement can repair it.
 */
async function requireRedundancy(
  context: StackContext,
  host: Host,
  wait: Pick<WaitOptions, 'signal' | 'onWait'>,
): Promise<void> {
  const states = await context.hosts.list();
  const down = hostsOf(context.topology, host.tier)
    .map(({ name }) => name)
    .filter((name) => name !== host.name && !isHealthy(states.get(name)));
  const unmet = async (): Promise<string> => {
    if (down.length > 0) return `${down.join(', ')} is not healthy`;
    if (!isHealthy(states.get(host.name))) return '';
    const redundancies = redundancyOf(context.topology, host.tier);
    return waitUntilMet(() => findUnmet(context, host, redundancies), { ...wait, deadlineMs: REDUNDANCY_DEADLINE_MS });
  };
  const reason = await unmet();
  if (reason === '') return;
  throw new HoldfastError('roll-stopped', `${host.name} was not replaced: ${reason}.`, {
    fix: `Check \`./holdfast status\` and repeat \`./holdfast up\`. \`./holdfast up --at-once\` replaces all hosts at the same time.`,
  });
}

/** The first condition of a recovered host that is not met: its health, then these redundancies. An empty text if all are met. */
async function findUnmet(context: StackContext, host: Host, redundancies: readonly Redundancy[]): Promise<string> {
  if (!isHealthy(await context.hosts.state(host.name))) return `${host.name} is not healthy yet`;
  for (const redundancy of redundancies) {
    const { seen, text } = await redundancy.observe(context);
    if (!seen) return text;
  }
  return '';
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
