import { mostHosts } from './connection-budget.ts';
import type { Observation } from './observation.ts';
import type { Load } from './read-load.ts';
import type { ScalerState } from './scaler-state.ts';
import type { Settings } from './settings.ts';

interface HostInput {
  readonly settings: Settings;
  readonly observation: Observation;
  readonly load: Load;
  /** With the new count. */
  readonly state: ScalerState;
  /** Whether a host may be drained now. */
  readonly mayDrain: boolean;
  readonly nowMs: number;
}

/** The changes of hosts in one tick. */
export interface HostChoice {
  readonly start: readonly string[];
  /** Hosts to stop, because they never became ready. */
  readonly stop: readonly string[];
  readonly drain: string | undefined;
  readonly state: ScalerState;
  /** Sentences about hosts that cannot be started. */
  readonly notes: readonly string[];
}

/** Chooses the hosts that bring the pool to the desired count: all missing ones at once, or one fewer. */
export function chooseHosts({ settings, observation, load, state: before, mayDrain, nowMs }: HostInput): HostChoice {
  const { state, failedNow } = trackHosts(before, { settings, observation, load, nowMs });
  const unusable = [...observation.drainedHosts, ...observation.lostHosts, ...state.draining, ...load.disputed];
  const serving = load.up.filter((host) => !unusable.includes(host));
  const starting = state.starting.map(({ host }) => host);
  const missing = state.desired - serving.length - starting.length;
  const none = { start: [], stop: failedNow, drain: undefined, state, notes: [] };
  if (missing > 0) {
    const excluded = [...unusable, ...serving, ...starting, ...state.failed.map(({ host }) => host)];
    const candidates = settings.slots.filter((slot) => !excluded.includes(slot));
    const { start, notes } = withinBudget(candidates, missing, { settings, observation, load, state });
    const started = start.map((host) => ({ host, sinceMs: nowMs }));
    const lastOutMs = start.length > 0 ? nowMs : state.lastOutMs;
    return { ...none, start, notes, state: { ...state, lastOutMs, starting: [...state.starting, ...started] } };
  }
  const drain = serving.length > state.desired && mayDrain ? serving.at(-1) : undefined;
  if (drain === undefined) return none;
  return { ...none, drain, state: { ...state, lastInMs: nowMs, draining: [...state.draining, drain] } };
}

interface TrackInput {
  readonly settings: Settings;
  readonly observation: Observation;
  readonly load: Load;
  readonly nowMs: number;
}

/** Brings the lists of starting, draining and failed hosts up to date. */
function trackHosts(
  state: ScalerState,
  { settings, observation, load, nowMs }: TrackInput,
): { readonly state: ScalerState; readonly failedNow: readonly string[] } {
  const { drainedHosts, lostHosts, runningHosts } = observation;
  // An operator who drains a starting host decides about it; a lost one has its own alert.
  const waiting = state.starting.filter(
    ({ host }) => !load.up.includes(host) && !drainedHosts.includes(host) && !lostHosts.includes(host),
  );
  const failedNow = waiting
    // A host that serves for one load balancer is never stopped.
    .filter(({ host, sinceMs }) => nowMs - sinceMs >= settings.startTimeoutMs && !load.disputed.includes(host))
    .map(({ host }) => host);
  return {
    failedNow,
    state: {
      ...state,
      starting: waiting.filter(({ host }) => !failedNow.includes(host)),
      failed: [
        ...state.failed.filter(({ untilMs, host }) => untilMs > nowMs && !load.up.includes(host)),
        ...failedNow.map((host) => ({ host, untilMs: nowMs + settings.retryHostMs })),
      ],
      draining: state.draining.filter((host) => load.up.includes(host) || runningHosts.includes(host)),
    },
  };
}

/** The first candidates whose connections the database accepts beside those of all running hosts, in rotation or not. */
function withinBudget(
  candidates: readonly string[],
  missing: number,
  { settings, observation, load, state }: Pick<HostInput, 'settings' | 'observation' | 'load' | 'state'>,
): { readonly start: readonly string[]; readonly notes: readonly string[] } {
  const connected = new Set([
    ...observation.runningHosts,
    ...load.up,
    ...load.disputed,
    ...state.draining,
    ...state.starting.map(({ host }) => host),
  ]);
  const budget = mostHosts(settings.connections);
  const start: string[] = [];
  for (const host of candidates) {
    if (start.length === missing) return { start, notes: [] };
    if (!connected.has(host) && connected.size >= budget) continue;
    connected.add(host);
    start.push(host);
  }
  if (start.length === missing) return { start, notes: [] };
  const note =
    start.length < candidates.length
      ? `The connection budget of the database allows no further host: ${connected.size} hold connections.`
      : 'No standby host is left.';
  return { start, notes: [note] };
}
