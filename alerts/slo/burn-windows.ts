import type { MonitoringTimings } from '../../deploy/model/profile.ts';

/** A burn rate that is too high when it is so over both spans. */
export interface BurnPair {
  /** How many times faster than allowed the budget is spent; also the value of the label `pair`. */
  readonly factor: number;
  /** `fast`: a person must come now. `slow`: somebody has to look on the next working day. */
  readonly urgency: 'fast' | 'slow';
  /** Long enough to be worth a person … */
  readonly longMs: number;
  /** … and a twelfth of it, so that the alert ends soon after the trouble does. */
  readonly shortMs: number;
}

/**
 * The table of Google's SRE workbook, for a budget of 30 days: 14.4 over an hour, 6 over six hours, 3 over a day, 1 over three days. Its
 * windows are shares of the period here, so whatever the period, the pairs stand for 2, 5, 10 and 10 % of its budget.
 */
const PAIRS = [
  { factor: 14.4, urgency: 'fast', shareOfPeriod: 1 / 720 },
  { factor: 6, urgency: 'fast', shareOfPeriod: 1 / 120 },
  { factor: 3, urgency: 'slow', shareOfPeriod: 1 / 30 },
  { factor: 1, urgency: 'slow', shareOfPeriod: 1 / 10 },
] as const;

const LONG_PER_SHORT = 12;

/** How much less often slow windows and budgets are computed. */
const SLOW_EVERY = 6;

/** The pairs of windows that a profile leads to, fastest first. */
export function burnPairs(watch: MonitoringTimings): readonly BurnPair[] {
  return PAIRS.map(({ factor, urgency, shareOfPeriod }) => {
    const longMs = watch.budgetPeriodMs * shareOfPeriod;
    return { factor, urgency, longMs, shortMs: longMs / LONG_PER_SHORT };
  });
}

/** The window over which events are counted per second: the shortest one of all. */
export function countingWindowMs(watch: MonitoringTimings): number {
  return Math.min(...burnPairs(watch).map(({ shortMs }) => shortMs));
}

/** How often the group of an urgency is evaluated. */
export function groupIntervalMs(watch: MonitoringTimings, urgency: BurnPair['urgency']): number {
  return urgency === 'fast' ? watch.sloIntervalMs : SLOW_EVERY * watch.sloIntervalMs;
}
