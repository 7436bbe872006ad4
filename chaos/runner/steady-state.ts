import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import type { LoadRun } from '../load/load-run.ts';
import { isOfObjective } from '../alert-expectations/alert-contract.ts';
import { isSettling, readFiring } from '../alert-expectations/alert-watch.ts';
import type { FaultContext, Observation } from '../faults/fault.ts';
import { renderUnrecorded } from '../unrecorded/unrecorded-fault.ts';
import { findUnrecordedProxies } from '../unrecorded/unrecorded-proxies.ts';
import {
  addressesHeldOnce,
  databaseComplete,
  edgesReachOrigin,
  loadBalancersReady,
  poolComplete,
} from '../guarantees/redundancy.ts';

/** What is not as it has to be before anything may be broken. Empty: the stack is whole and quiet. */
export async function findUnhealthy(world: FaultContext): Promise<readonly string[]> {
  const { topology } = world;
  const states = await world.hosts.list();
  const broken = topology.hosts
    .filter(({ enabled }) => enabled)
    .filter(({ name }) => {
      const state = states.get(name);
      return state?.running !== true || state.paused || state.health !== 'healthy';
    })
    .map(({ name }) => `${name} is ${states.get(name)?.health ?? 'absent'}`);
  if (broken.length > 0) return broken;
  const whole = [
    loadBalancersReady,
    addressesHeldOnce,
    edgesReachOrigin,
    poolComplete(topology, 'web', 'web'),
    poolComplete(topology, 'app', 'app-pool'),
    databaseComplete(topology),
  ];
  const looks = await Promise.all(whole.map((redundancy) => redundancy.observe(world)));
  const missing = looks.filter(({ seen }) => !seen).map(({ text }) => text);
  const monitors = hostsOf(topology, 'monitor').map(({ name }) => name);
  const settling = await Promise.all(
    monitors.map(async (monitor) => ((await isSettling(topology, monitor)) ? [`${monitor} is still starting`] : [])),
  );
  const proxies = renderUnrecorded(await findUnrecordedProxies(world, states, []));
  const spares = new Set(topology.hosts.filter(({ enabled }) => !enabled).map(({ name }) => name));
  const firing = (await Promise.all(monitors.map((monitor) => readFiring(topology, monitor))))
    .flat()
    .filter(({ alertname }) => !isOfObjective(alertname))
    // What is said of a host that is no part of this stack says nothing about it, nor does that it has no second one.
    .filter(({ host, alertname }) => (host === undefined ? !isAsMade(topology, alertname) : !spares.has(host)));
  return [
    ...missing,
    ...settling.flat(),
    ...proxies,
    ...firing.map(
      ({ alertname, host, monitor }) => `${alertname}${host === undefined ? '' : ` (${host})`} fires on ${monitor}`,
    ),
  ];
}

/** Whether an alert says of a stack what it was made like: one application host has no other. */
function isAsMade(topology: Topology, alertname: string): boolean {
  return alertname === 'AppRedundancyLost' && hostsOf(topology, 'app').length < 2;
}

interface SteadyOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called with what is missing, whenever that changes. */
  readonly onWait?: (line: string) => void;
}

/** Waits until the stack is whole and quiet. Throws `deadline` with what is missing. */
export async function waitForSteady(world: FaultContext, { onWait, ...options }: SteadyOptions): Promise<void> {
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

/** How long requests must have been clean before anything is broken. */
const CLEAN_MS = 5_000;

/** The share of the asked rate that must have been answered: records are read a moment after they are written. */
export const MIN_SHARE = 0.8;

/** What the last seconds of a load say. */
export function observeBaseline(load: Pick<LoadRun, 'records'>, rate: number, nowMs: number): Observation {
  const fromMs = nowMs - CLEAN_MS;
  const recent = load.records.filter((record) => record.startMs >= fromMs);
  const failed = recent.filter((record) => !record.ok);
  const wanted = rate * (CLEAN_MS / 1_000) * MIN_SHARE;
  const text = `${recent.length} requests in ${CLEAN_MS / 1_000} s, ${failed.length} failed`;
  return {
    seen: failed.length === 0 && recent.length >= wanted,
    text: `${text} (${Math.ceil(wanted)} clean ones needed)`,
  };
}

/** Waits for clean seconds under load. Returns when they began. Throws `deadline` when the load never gets steady. */
export async function waitForBaseline(
  load: Pick<LoadRun, 'records'>,
  rate: number,
  options: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<{ readonly baselineAt: number; readonly observation: Observation }> {
  return waitFor(
    () => {
      const now = Date.now();
      const observation = observeBaseline(load, rate, now);
      if (!observation.seen) return Promise.reject(new Error(observation.text));
      return Promise.resolve({ baselineAt: now - CLEAN_MS, observation });
    },
    { what: 'a clean baseline', intervalMs: 250, ...options },
  );
}
