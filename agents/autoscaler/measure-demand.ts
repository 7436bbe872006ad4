import type { Load } from './read-load.ts';
import type { Sample } from './scaler-state.ts';
import type { Settings } from './settings.ts';
import { lowerMedian, mean, within } from './window.ts';

/** Ticks that decide about a burst. The median of three ignores one wrong reading. */
const BURST_TICKS = 3;
/** Share of a window that must have samples before its value is evidence. */
const COVERAGE = { stable: 0.5, scaleIn: 0.9 } as const;

/** What the recent load needs, in hosts. A missing value has too few samples. */
export interface Demand {
  /** From the last ticks: the request rate, and the requests that wait. */
  readonly burst: number | undefined;
  /** Median of the stable window. */
  readonly stable: number | undefined;
  /** Peak of the scale-in window. */
  readonly peak: number | undefined;
}

/** Appends the load of this tick, and removes samples that no window needs. A tick without load appends nothing. */
export function addSample(
  samples: readonly Sample[],
  load: Load | undefined,
  { settings, atMs }: { readonly settings: Settings; readonly atMs: number },
): readonly Sample[] {
  const { panicWindowMs, stableWindowMs, scaleInWindowMs } = settings;
  const kept = within(samples, atMs - Math.max(panicWindowMs + stableWindowMs, scaleInWindowMs), atMs);
  if (load === undefined) return kept;
  const { rateNeed, inFlightNeed } = load;
  const recent = [...within(kept, atMs - panicWindowMs, atMs), { rateNeed, inFlightNeed }];
  const recentNeed = higherOf(recent, mean) ?? 0;
  return [...kept, { atMs, rateNeed, inFlightNeed, recentNeed, isComplete: load.silent.length === 0 }];
}

/** Measures the windows that end now; `serving` is the number of hosts in rotation. */
export function measureDemand(
  samples: readonly Sample[],
  settings: Settings,
  { nowMs, serving }: { readonly nowMs: number; readonly serving: number },
): Demand {
  const { tickMs, stableWindowMs, scaleInWindowMs } = settings;
  const last = within(samples, nowMs - (BURST_TICKS - 0.5) * tickMs, nowMs);
  const stable = within(samples, nowMs - stableWindowMs, nowMs);
  const low = within(samples, nowMs - scaleInWindowMs, nowMs).filter(({ isComplete }) => isComplete);
  const covers = (items: readonly Sample[], windowMs: number, share: number): boolean =>
    items.length * tickMs >= share * windowMs;
  return {
    burst: last.at(-1)?.atMs === nowMs ? measureBurst(last, settings, serving) : undefined,
    stable: covers(stable, stableWindowMs, COVERAGE.stable) ? higherOf(stable, lowerMedian) : undefined,
    peak: covers(low, scaleInWindowMs, COVERAGE.scaleIn)
      ? low.reduce((highest, { recentNeed }) => Math.max(highest, recentNeed), 0)
      : undefined,
  };
}

/**
 * One reading is evidence if its request rate and its requests in flight agree: they are independent counters. Otherwise it takes the median of
 * the last ticks, so that one wrong value has no effect.
 */
function measureBurst(last: readonly Sample[], settings: Settings, serving: number): number {
  const needs = last.map((sample) => withBacklog(sample, settings, serving));
  const { rateNeed = 0, inFlightNeed = 0 } = last.at(-1) ?? {};
  const fromRate = withBacklog({ rateNeed, inFlightNeed: rateNeed }, settings, serving);
  const agreed = Math.min(fromRate, inFlightNeed);
  return last.length < BURST_TICKS - 1 ? agreed : Math.max(agreed, lowerMedian(needs) ?? 0);
}

/**
 * The hosts for the request rate, and for the requests that will wait when new hosts are in rotation. Requests in flight beyond those of the rate are
 * waiting; as a direct measure they would start all hosts at every burst.
 */
function withBacklog({ rateNeed, inFlightNeed }: Needs, settings: Settings, serving: number): number {
  const { target, queueMs, startUpMs } = settings;
  const capacity = serving / target.utilisation;
  const waiting = (Math.max(0, inFlightNeed - rateNeed) * target.inFlight) / target.requestRate;
  const overload = (Math.max(0, rateNeed - capacity) * startUpMs) / 1_000;
  const longest = (capacity * queueMs) / 1_000;
  return rateNeed + Math.min(waiting + overload, longest) / (queueMs / 1_000);
}

type Needs = Pick<Sample, 'rateNeed' | 'inFlightNeed'>;

/** The higher of both needs over a window. Taken from each sample, it would be the noise of both. */
function higherOf(
  samples: readonly Needs[],
  reduce: (values: readonly number[]) => number | undefined,
): number | undefined {
  const rate = reduce(samples.map(({ rateNeed }) => rateNeed));
  const inFlight = reduce(samples.map(({ inFlightNeed }) => inFlightNeed));
  return rate === undefined || inFlight === undefined ? undefined : Math.max(rate, inFlight);
}
