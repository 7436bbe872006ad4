import type { StackContext } from '../../deploy/observe/observation.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostsOf, type Host, type Tier, type Topology } from '../../deploy/model/topology.ts';
import { deadlineSignal } from '../../kit/deadline.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { openAlertWatch, type AlertWatch } from '../alert-expectations/alert-watch.ts';
import { alertsOfCrash } from '../alert-expectations/expected-alerts.ts';
import { isAbout } from '../alert-expectations/judge-alerts.ts';
import { proveNotificationPath } from '../alert-expectations/notification-path.ts';
import { hostCrash } from '../faults/host-crash.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { startHealer } from '../journal/start-healer.ts';
import { quantile } from '../judge/quantile.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import type { Figure } from './figure.ts';

const FAULTS = 10;
const MOST_SECONDS = 30;
/** A mail after the limit is still awaited until this deadline, to measure how late it is. After the deadline it counts as never mailed. */
const MAIL_DEADLINE_MS = 60_000;
export const STEADY_DEADLINE_MS = 120_000;
const LEASE_MS = MAIL_DEADLINE_MS + 60_000;

interface Options {
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/**
 * Crashes one host after the other, each in the steady state, and measures the time from the crash to its first expected mail. The figure is unknown
 * if a fault had no proven effect or the mails could not be observed. Throws `stack-not-healthy` when alert delivery is broken, and `deadline` when the
 * stack does not recover.
 */
export async function measureAlerts(topology: Topology, { signal, report }: Options): Promise<readonly Figure[]> {
  const world: StackContext = { topology, hosts: openHosts() };
  await startHealer(topology);
  await waitForSteady(world, { deadlineMs: STEADY_DEADLINE_MS, signal });
  const path = await proveNotificationPath({ topology, runId: `bench-${Date.now().toString(36)}`, signal });
  if (!path.seen) throw new HoldfastError('stack-not-healthy', path.text);
  const hosts = chooseHosts(topology, FAULTS);
  const seconds: number[] = [];
  for (const host of hosts) {
    const took = await measureCrash(world, host, signal);
    report(`${host.name} crashes: ${describeMail(took)} (${seconds.length + 1} of ${hosts.length})`);
    seconds.push(took);
    await waitForSteady(world, { deadlineMs: STEADY_DEADLINE_MS, signal });
  }
  const at = (q: number): number =>
    seconds.some(Number.isNaN) || seconds.length < FAULTS ? NaN : (quantile(seconds, q) ?? NaN);
  return [
    {
      what: `mailed after the fault, p95 of ${seconds.length} crashes`,
      measured: at(0.95),
      atMost: MOST_SECONDS,
      unit: 's',
    },
    { what: 'mailed after the fault, median', measured: at(0.5), unit: 's' },
  ];
}

function describeMail(seconds: number): string {
  if (Number.isNaN(seconds)) return 'it could not be seen when it was mailed';
  return Number.isFinite(seconds) ? `mailed after ${seconds.toFixed(1)} s` : 'never mailed';
}

/** Tiers with several hosts. The loss of one of them can be mailed while it lasts. */
const TIERS: readonly Tier[] = ['edge', 'lb', 'web', 'app', 'cache', 'db', 'monitor'];

/** The first host of each tier, then the second of each, and so on. Tiers with a single host are skipped. */
export function chooseHosts(topology: Topology, count: number): readonly Host[] {
  const tiers = TIERS.map((tier) => hostsOf(topology, tier)).filter((hosts) => hosts.length > 1);
  const longest = Math.max(0, ...tiers.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => tiers.flatMap((hosts) => hosts[index] ?? []))
    .flat()
    .slice(0, count);
}

/** Seconds from the crash to its first expected mail: `Infinity` if none arrived, NaN if that could not be observed. */
async function measureCrash(world: StackContext, host: Host, signal: AbortSignal): Promise<number> {
  await using watch = openAlertWatch({ topology: world.topology, sinceMs: Date.now() });
  await using fault = await openFault(hostCrash(host.name), {
    ...{ world, journal: openJournal(PATHS.journal), leaseMs: LEASE_MS, signal },
  });
  if (!fault.effect.seen) return NaN;
  const deadline = deadlineSignal(MAIL_DEADLINE_MS, signal);
  while (!deadline.aborted) {
    const receivedAtMs = findMail(watch, host, fault.orderedAt);
    if (receivedAtMs !== undefined) return (receivedAtMs - fault.orderedAt) / 1_000;
    await sleep(200, undefined, { signal: deadline }).catch(() => undefined);
  }
  signal.throwIfAborted();
  return watch.evidence().problems.length > 0 ? NaN : Infinity;
}

function findMail(watch: AlertWatch, host: Host, sinceMs: number): number | undefined {
  const { mustDeliver } = alertsOfCrash(host.tier);
  return watch
    .evidence()
    .delivered.find(
      (alert) =>
        alert.status === 'firing' &&
        alert.receivedAtMs >= sinceMs &&
        mustDeliver.some(
          (expected) => alert.alertname === expected.alertname && isAbout(alert.host, expected, [host.name]),
        ),
    )?.receivedAtMs;
}
