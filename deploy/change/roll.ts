import { waitFor } from '../../kit/deadline.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { isHealthy } from '../../kit/hosts.ts';
import { hostsOf, type Host, type Tier } from '../model/topology.ts';
import { attachmentsOf } from '../model/network-attachments.ts';
import type { Redundancy, StackContext } from '../observe/observation.ts';
import { redundancyOf } from '../observe/redundancy.ts';
import { replaceHostFiles } from '../stack/host-files.ts';
import { runCompose } from '../stack/run-compose.ts';
import { drain } from './drain.ts';
import { orderHosts, TIER_ORDER } from './order.ts';
import type { PlannedHost } from './plan.ts';

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
  await requireRedundancy(context, host, signal);
  const wait = { context, host, signal, onProgress };
  {
    await using _drained = await drain(context, host, signal);
    await replaceHosts([planned], signal);
    await reconnect(context, [host]);
    await waitForRecovery(wait, []);
  }
  await waitForRecovery(wait, redundancyOf(context.topology, host.tier));
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
async function requireRedundancy(context: StackContext, host: Host, signal: AbortSignal): Promise<void> {
  const states = await context.hosts.list();
  const down = hostsOf(context.topology, host.tier)
    .map(({ name }) => name)
    .filter((name) => name !== host.name && !isHealthy(states.get(name)));
  const isOwnFault = !isHealthy(states.get(host.name));
  const missing =
    down.length > 0
      ? `${down.join(', ')} is not healthy`
      : isOwnFault
        ? ''
        : await waitForRedundancy(context, host.tier, signal);
  if (missing === '') return;
  throw new HoldfastError('roll-stopped', `${host.name} was not replaced: ${missing}.`, {
    fix: `Check \`./holdfast status\` and repeat \`./holdfast up\`. \`./holdfast up --at-once\` replaces all hosts at the same time.`,
  });
}

/** Waits until a tier has full redundancy. Returns the unmet condition, or an empty text. */
async function waitForRedundancy(context: StackContext, tier: Tier, signal: AbortSignal): Promise<string> {
  let missing = '';
  try {
    await waitFor(
      async () => {
        missing = await findMissing(context, redundancyOf(context.topology, tier)).catch(messageOf);
        return missing === '';
      },
      { what: 'full redundancy', deadlineMs: REDUNDANCY_DEADLINE_MS, intervalMs: 250, signal },
    );
  } catch {
    signal.throwIfAborted();
  }
  return missing;
}

interface RecoveryOptions extends RollOptions {
  readonly host: Host;
}

/** Waits until a host is healthy, and its tier has these redundancies. Throws `roll-stopped` with the unmet condition. */
async function waitForRecovery(
  { context, host, signal, onProgress }: RecoveryOptions,
  redundancies: readonly Redundancy[],
): Promise<void> {
  let missing = '';
  const timer = setInterval(() => {
    onProgress(`${host.name}: waiting: ${missing}`);
  }, 5_000);
  try {
    await waitFor(
      async () => {
        missing = isHealthy(await context.hosts.state(host.name))
          ? await findMissing(context, redundancies).catch(messageOf)
          : `${host.name} is not healthy yet`;
        return missing === '';
      },
      { what: 'full redundancy', deadlineMs: RECOVERY_DEADLINE_MS, intervalMs: 250, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new HoldfastError('roll-stopped', `The roll stopped after ${host.name}: ${missing || messageOf(error)}.`, {
      cause: error,
      fix: `Check \`./holdfast logs ${host.name}\`. Hosts that were not replaced are unchanged; repeat \`./holdfast up\` to continue.`,
    });
  } finally {
    clearInterval(timer);
  }
}

/** The first redundancy that is missing; an empty text if all are there. */
async function findMissing(context: StackContext, redundancies: readonly Redundancy[]): Promise<string> {
  for (const redundancy of redundancies) {
    const observation = await redundancy.observe(context);
    if (!observation.seen) return observation.text;
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
