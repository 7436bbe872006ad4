import { decideScale } from '../decide-scale.ts';
import type { Observation } from '../observation.ts';
import { initialState } from '../scaler-state.ts';
import type { Settings } from '../settings.ts';
import type { Policy } from './policy.ts';
import type { PoolSecond } from './pool.ts';
import { openRandom } from './random.ts';

/** The autoscaler of this project: {@link decideScale} with readings as HAProxy gives them. */
export function openOwnPolicy(
  settings: Settings,
  { hosts, seed }: { readonly hosts: number; readonly seed: number },
): Policy {
  let state = initialState(hosts);
  // In the order of their start: the first ones are in rotation.
  let running: readonly string[] = settings.slots.slice(0, hosts);
  const random = openRandom(seed);
  return {
    name: 'holdfast',
    next: (second, atSecond) => {
      const nowMs = atSecond * 1_000;
      if (nowMs % settings.tickMs !== 0) return running.length;
      // HAProxy reports the requests in flight at one moment, which vary more than their mean.
      const inFlight = random.events(second.busy) + second.queued;
      const {
        start,
        stop,
        drain,
        state: next,
      } = decideScale({
        ...{ settings, state, history: new Map() },
        observation: observe(second, { nowMs, inFlight, running }),
        now: { monotonicMs: nowMs, wallMs: nowMs },
      });
      state = next;
      running = [...running, ...start].filter((host) => host !== drain && !stop.includes(host));
      return running.length;
    },
  };
}

interface Reading {
  readonly nowMs: number;
  readonly inFlight: number;
  readonly running: readonly string[];
}

/** The owner of the virtual IP has all traffic. */
function observe(second: PoolSecond, { nowMs, inFlight, running }: Reading): Observation {
  const up = running.slice(0, second.ready);
  return {
    balancers: {
      lb1: { takenAtMs: nowMs, inFlight, requestRate: second.arrived, up },
      lb2: { takenAtMs: nowMs, inFlight: 0, requestRate: 0, up },
    },
    latencyMs: 1_000 * second.latencySeconds,
    ...{ databaseSaturation: 0, symptomAlerts: [], lostHosts: [], drainedHosts: [], runningHosts: running },
  };
}
