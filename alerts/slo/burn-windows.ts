import type { MonitoringTimings } from '../../deploy/model/profile.ts';

/** A burn-rate limit that must be exceeded over both windows. */
export interface BurnPair {
  /** Limit of the burn rate; also the value of the label `pair`. */
  readonly factor: number;
  /** `fast`: page. `slow`: ticket for the next working day. */
  readonly urgency: 'fast' | 'slow';
  /** Long window: ensures that a significant part of the budget was spent. */
  readonly longMs: number;
  /** Short window, a twelfth of the long one: the alert resolves soon after the problem ends. */
  readonly shortMs: number;
}

/**
 * The table of Google's SRE workbook, for a budget of 30 days: 14.4 over an hour, 6 over six hours, 3 over a day, 1 over three days. The
 * windows are fractions of the period here, so the pairs stand for 2, 5, 10 and 10 % of the budget for any period.
 */
const PAIRS = [
  { factor: 14.4, urgency: 'fast', shareOfPeriod: 1 / 720 },
  { factor: 6, urgency: 'fast', shareOfPeriod: 1 / 120 },
  { factor: 3, urgency: 'slow', shareOfPeriod: 1 / 30 },
  { factor: 1, urgency: 'slow', shareOfPeriod: 1 / 10 },
] as const;

const LONG_PER_SHORT = 12;

/** Slow windows and budgets are evaluated less often by this factor. */
const SLOW_EVERY = 6;

/** Pairs of windows of a profile, fastest first. */
export function burnPairs(timings: MonitoringTimings): readonly BurnPair[] {
  return PAIRS.map(({ factor, urgency, shareOfPeriod }) => {
    const longMs = timings.budgetPeriodMs * shareOfPeriod;
    return { factor, urgency, longMs, shortMs: longMs / LONG_PER_SHORT };
  });
}

/** Window of the event rates: the shortest window of all. */
export function countingWindowMs(timings: MonitoringTimings): number {
  return Math.min(...burnPairs(timings).map(({ shortMs }) => shortMs));
}

/** Evaluation interval of the rule group of an urgency. */
export function groupIntervalMs(timings: MonitoringTimings, urgency: BurnPair['urgency']): number {
  return urgency === 'fast' ? timings.sloIntervalMs : SLOW_EVERY * timings.sloIntervalMs;
}
