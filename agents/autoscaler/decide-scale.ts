import { chooseHosts } from './choose-hosts.ts';
import { decideCount } from './decide-count.ts';
import { addLevel, detectFall } from './detect-fall.ts';
import { findFreezes } from './find-freezes.ts';
import type { LoadHistory } from './forecast.ts';
import { hostBounds } from './host-bounds.ts';
import { addSample, measureDemand } from './measure-demand.ts';
import type { Now, Observation } from './observation.ts';
import { readLoad, type Load } from './read-load.ts';
import type { ScalerState } from './scaler-state.ts';
import type { Settings } from './settings.ts';

export interface ScaleInput {
  readonly settings: Settings;
  readonly observation: Observation;
  readonly state: ScalerState;
  readonly now: Now;
  /** Load of the past days and weeks, for the forecast. */
  readonly history: LoadHistory;
}

export interface ScaleDecision {
  /** Number of hosts that should serve. */
  readonly desired: number;
  readonly start: readonly string[];
  /** Hosts that never became ready. */
  readonly stop: readonly string[];
  readonly drain: string | undefined;
  /** Sentences for the log. */
  readonly reason: string;
  /** Input of the next tick. */
  readonly state: ScalerState;
}

/**
 * Decides at each tick how many hosts should serve, and which ones to start, stop or drain. The program and the simulation run this same
 * function.
 *
 * Scale-out needs evidence of load, scale-in the absence of every doubt. The request rate is the signal for bursts: it rises before requests
 * wait. Requests in flight are the signal for a slower application. The latency only guards, because more hosts do not lower a latency that
 * another tier causes.
 */
export function decideScale({ settings, observation, state: before, now, history }: ScaleInput): ScaleDecision {
  const nowMs = now.monotonicMs;
  const load = readLoad(observation, settings, now);
  const state = remember(before, load, { settings, atMs: nowMs });
  const bounds = hostBounds(settings, history, now);
  const freezes = findFreezes(observation, load, { settings, state });
  if (load === undefined) {
    // Hosts in rotation are unknown, so none can be chosen.
    const desired = Math.min(Math.max(before.desired, bounds.least), bounds.most);
    const reason = 'No load balancer has a valid answer: nothing is changed.';
    return { desired, start: [], stop: [], drain: undefined, reason, state: { ...state, desired } };
  }
  const demand = measureDemand(state.samples, settings, { nowMs, serving: load.up.length });
  const { desired, reason } = decideCount({ settings, observation, state, demand, bounds, freezes, now });
  const mayDrain = freezes.length === 0 && nowMs - (state.lastInMs ?? -Infinity) >= settings.scaleInPauseMs;
  const chosen = chooseHosts({ settings, observation, load, state: { ...state, desired }, mayDrain, nowMs });
  return {
    ...{ desired, start: chosen.start, stop: chosen.stop, drain: chosen.drain, state: chosen.state },
    reason: [reason, ...chosen.notes].join(' '),
  };
}

function remember(
  before: ScalerState,
  load: Load | undefined,
  tick: { readonly settings: Settings; readonly atMs: number },
): ScalerState {
  const { settings, atMs } = tick;
  const samples = addSample(before.samples, load, tick);
  const fall = detectFall({ ...before, samples }, settings, atMs);
  return { ...before, samples, fall, levels: addLevel({ ...before, samples, fall }, settings, atMs) };
}
