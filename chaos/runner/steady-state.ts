import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { hostsOf, TIER_NAMES, type Topology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { isHealthy } from '../../kit/hosts.ts';
import type { LoadRun } from '../load/load-run.ts';
import { isSloAlert } from '../alert-expectations/alert-expectations.ts';
import { isInStartupGrace, readFiring } from '../alert-expectations/alert-watch.ts';
import { renderUnrecorded } from '../unrecorded/unrecorded-fault.ts';
import { findUnrecordedProxies } from '../unrecorded/unrecorded-proxies.ts';
import { redundancyOf } from '../../deploy/observe/redundancy.ts';

/** The conditions of the steady state that are not met. Empty: all hosts are healthy, there is full redundancy, and no alert fires. */
export async function findUnhealthy(world: StackContext): Promise<readonly string[]> {
  const { topology } = world;
  const states = await world.hosts.list();
  const broken = topology.hosts
    .filter(({ enabled }) => enabled)
    .filter(({ name }) => !isHealthy(states.get(name)))
    .map(({ name }) => `${name} is ${states.get(name)?.health ?? 'absent'}`);
  if (broken.length > 0) return broken;
  const redundancies = TIER_NAMES.flatMap((tier) => redundancyOf(topology, tier));
  const observations = await Promise.all(redundancies.map((redundancy) => redundancy.observe(world)));
  const missing = observations.filter(({ seen }) => !seen).map(({ text }) => text);
  const monitors = hostsOf(topology, 'monitor').map(({ name }) => name);
  const startingMonitors = await Promise.all(
    monitors.map(async (monitor) =>
      (await isInStartupGrace(topology, monitor)) ? [`${monitor} is still starting`] : [],
    ),
  );
  const proxies = renderUnrecorded(await findUnrecordedProxies(world, states, []));
  const standbySlots = new Set(topology.hosts.filter(({ enabled }) => !enabled).map(({ name }) => name));
  const firing = (await Promise.all(monitors.map((monitor) => readFiring(topology, monitor))))
    .flat()
    .filter(({ alertname }) => !isSloAlert(alertname))
    // Ignores alerts about hosts that are not enabled, and alerts that the topology itself causes.
    .filter(({ host, alertname }) =>
      host === undefined ? !isCausedByTopology(topology, alertname) : !standbySlots.has(host),
    );
  return [
    ...missing,
    ...startingMonitors.flat(),
    ...proxies,
    ...firing.map(
      ({ alertname, host, monitor }) => `${alertname}${host === undefined ? '' : ` (${host})`} fires on ${monitor}`,
    ),
  ];
}

/** Whether the topology itself causes an alert: a single application host has no redundancy. */
function isCausedByTopology(topology: Topology, alertname: string): boolean {
  return alertname === 'AppRedundancyLost' && hostsOf(topology, 'app').length < 2;
}

interface SteadyOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called with the unmet conditions whenever they change. */
  readonly onWait?: (line: string) => void;
}

/** Waits for the steady state. Throws `deadline` with the unmet conditions. */
export async function waitForSteady(world: StackContext, { onWait, ...options }: SteadyOptions): Promise<void> {
  let missing = '';
  await waitFor(
    async () => {
      const now = (await findUnhealthy(world)).join('; ');
      if (now === '') return true;
      if (now !== missing) onWait?.(`waiting: ${now}`);
      missing = now;
      throw new Error(now);
    },
    { what: 'the steady state', intervalMs: 500, ...options },
  );
}

/** Time without failed requests that is required before a fault is injected. */
export const CLEAN_MS = 5_000;

/** Minimum share of the planned rate that must be recorded: records are read a moment after they are written. */
export const MIN_SHARE = 0.8;

/** Observes whether the last seconds of a load were clean. */
export function observeBaseline(
  load: Pick<LoadRun, 'records'>,
  { rate, nowMs, cleanMs = CLEAN_MS }: { readonly rate: number; readonly nowMs: number; readonly cleanMs?: number },
): Observation {
  const fromMs = nowMs - cleanMs;
  const recent = load.records.filter((record) => record.startMs >= fromMs);
  const failed = recent.filter((record) => !record.ok);
  const wanted = rate * (cleanMs / 1_000) * MIN_SHARE;
  const text = `${recent.length} requests in ${cleanMs / 1_000} s, ${failed.length} failed`;
  return {
    seen: failed.length === 0 && recent.length >= wanted,
    text: `${text} (at least ${Math.ceil(wanted)} without a failure required)`,
  };
}

/** Waits for clean seconds under load, and returns their start. Throws `deadline` if the load does not become steady. */
export async function waitForBaseline(
  load: Pick<LoadRun, 'records'>,
  rate: number,
  {
    cleanMs = CLEAN_MS,
    ...options
  }: { readonly deadlineMs: number; readonly signal: AbortSignal; readonly cleanMs?: number },
): Promise<{ readonly baselineAt: number; readonly observation: Observation }> {
  return waitFor(
    () => {
      const now = Date.now();
      const observation = observeBaseline(load, { rate, nowMs: now, cleanMs });
      if (!observation.seen) return Promise.reject(new Error(observation.text));
      return Promise.resolve({ baselineAt: now - cleanMs, observation });
    },
    { what: 'a clean baseline', intervalMs: 250, ...options },
  );
}
