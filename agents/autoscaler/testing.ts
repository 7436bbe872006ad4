import { makeTopology } from '../../deploy/model/topology.ts';
import { decideScale, type ScaleDecision } from './decide-scale.ts';
import { defaultSettings } from './default-settings.ts';
import type { Observation } from './observation.ts';
import { initialState, type ScalerState } from './scaler-state.ts';
import type { Settings } from './settings.ts';

/** A target of 256 requests per second per host, 2 to 8 hosts. */
export const SETTINGS = defaultSettings(makeTopology());

/** Requests in flight at a rate, in a pool without a queue. */
const inFlightAt = (rate: number): number => (rate * SETTINGS.target.inFlight) / SETTINGS.target.requestRate;

/** An observation of healthy load balancers; the first one has the traffic. */
export function observe(atMs: number, rate: number, up: readonly string[]): Observation {
  return {
    balancers: {
      lb1: { takenAtMs: atMs, inFlight: inFlightAt(rate), requestRate: rate, up },
      lb2: { takenAtMs: atMs, inFlight: 0, requestRate: 0, up },
    },
    ...{ latencyMs: 60, databaseSaturation: 0.2, symptomAlerts: [], lostHosts: [], drainedHosts: [] },
    runningHosts: up,
  };
}

/** Changes an observation before the decision. */
export type Distort = (observation: Observation) => Observation;

/** An autoscaler with an ideal actuator: a started host is in rotation after the start-up time, a drained one leaves at once. */
export interface Scaler {
  /** Runs ticks at this rate, and returns their decisions. */
  readonly run: (rate: number, seconds: number, distort?: Distort) => readonly ScaleDecision[];
  /** The time of the next tick. */
  readonly nowMs: () => number;
  /** Hosts in rotation. */
  readonly up: () => readonly string[];
  readonly state: () => ScalerState;
  /** Moves the wall clock. */
  readonly stepWall: (ms: number) => void;
}

interface ScalerOptions {
  readonly settings?: Settings;
  readonly hosts?: number;
  /** Hosts that never become ready. */
  readonly broken?: readonly string[];
}

export function openScaler({ settings = SETTINGS, hosts = 2, broken = [] }: ScalerOptions = {}): Scaler {
  let state = initialState(hosts);
  let nowMs = 1_000_000;
  let wallOffsetMs = Date.UTC(2026, 0, 5);
  let running = settings.slots.slice(0, hosts).map((host) => ({ host, readyAtMs: 0 }));
  const up = (): readonly string[] =>
    settings.slots.filter((slot) => running.some(({ host, readyAtMs }) => host === slot && readyAtMs <= nowMs));
  const tick = (rate: number, distort: Distort): ScaleDecision => {
    const observation = { ...observe(nowMs, rate, up()), runningHosts: running.map(({ host }) => host) };
    const decision = decideScale({
      ...{ settings, state, history: new Map() },
      observation: distort(observation),
      now: { monotonicMs: nowMs, wallMs: nowMs + wallOffsetMs },
    });
    state = decision.state;
    const started = decision.start.map((host) => ({
      host,
      readyAtMs: broken.includes(host) ? Infinity : nowMs + settings.startUpMs,
    }));
    running = [...running.filter(({ host }) => host !== decision.drain && !decision.stop.includes(host)), ...started];
    nowMs += settings.tickMs;
    return decision;
  };
  return {
    run: (rate, seconds, distort = (observation) => observation) =>
      Array.from({ length: Math.round((seconds * 1_000) / settings.tickMs) }, () => tick(rate, distort)),
    nowMs: () => nowMs,
    up,
    state: () => state,
    stepWall: (ms) => {
      wallOffsetMs += ms;
    },
  };
}

/** The load of `hosts` hosts at the target. */
export const rateFor = (hosts: number): number => hosts * SETTINGS.target.requestRate;
