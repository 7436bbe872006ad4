import type { Level, Sample, ScalerState } from './scaler-state.ts';
import type { Settings } from './settings.ts';
import { mean, within } from './window.ts';

/** Share of the former traffic at which it is back. */
const BACK = 0.8;
const MINUTE_MS = 60_000;

/**
 * A sudden fall of traffic below the usual level, as an outage in front of the pool causes it. Its clients return all at once, so the hosts must
 * stay. The end of a peak is not one: traffic falls to a level that it had before.
 */
export function detectFall(
  { fall, samples, levels }: Pick<ScalerState, 'fall' | 'samples' | 'levels'>,
  settings: Settings,
  nowMs: number,
): ScalerState['fall'] {
  const { panicWindowMs, stableWindowMs, suddenFall } = settings;
  if (fall !== undefined) {
    const forMs = nowMs - fall.atMs;
    const hasEnded = forMs >= suddenFall.holdMs;
    // Not the panic window: the first seconds of the return would end the freeze before the full load is measured.
    const stable = meanRate(samples, nowMs - stableWindowMs, nowMs) ?? 0;
    const isBack = forMs >= stableWindowMs && stable >= BACK * fall.needBefore;
    return hasEnded || isBack ? undefined : fall;
  }
  const recent = meanRate(samples, nowMs - panicWindowMs, nowMs);
  const since = nowMs - panicWindowMs;
  const before = meanRate(samples, since - stableWindowMs, since);
  if (recent === undefined || before === undefined) return undefined;
  const lowest = within(levels, since - suddenFall.memoryMs, since - MINUTE_MS).reduce(
    (least, { rateNeed }) => Math.min(least, rateNeed),
    before,
  );
  // Less than one host of traffic needs only the floor, before and after.
  const isSudden = before >= 1 && recent < suddenFall.ratio * lowest;
  return isSudden ? { atMs: nowMs, needBefore: before } : undefined;
}

/** Adds the mean rate of the panic window to the levels, unless traffic has fallen suddenly. */
export function addLevel(
  { fall, samples, levels }: Pick<ScalerState, 'fall' | 'samples' | 'levels'>,
  { panicWindowMs, suddenFall }: Settings,
  nowMs: number,
): readonly Level[] {
  const rateNeed = meanRate(samples, nowMs - panicWindowMs, nowMs);
  if (fall !== undefined || rateNeed === undefined) return levels;
  const last = levels.at(-1);
  if (last !== undefined && nowMs - last.atMs < MINUTE_MS) {
    return rateNeed < last.rateNeed ? [...levels.slice(0, -1), { ...last, rateNeed }] : levels;
  }
  return [...within(levels, nowMs - suddenFall.memoryMs, nowMs), { atMs: nowMs, rateNeed }];
}

/** Without incomplete samples: a missing part would count as a fall. */
function meanRate(samples: readonly Sample[], fromMs: number, toMs: number): number | undefined {
  const complete = within(samples, fromMs, toMs).filter(({ isComplete }) => isComplete);
  return mean(complete.map(({ rateNeed }) => rateNeed));
}
