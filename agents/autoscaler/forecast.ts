import { lowerMedian } from './window.ts';

/** Mean request rate per second of past periods. The key is the number of the period since the epoch: wall time divided by its length. */
export type LoadHistory = ReadonlyMap<number, number>;

/** Length of a period. Shorter ones are noisy, longer ones hide the start of a working day. */
export const PERIOD_MS = 300_000;
const PERIODS_PER_DAY = 86_400_000 / PERIOD_MS;
/** Repetitions that are compared, and how many must exist. One alone may have been a holiday or an outage. */
const WEEKS = { compared: 4, needed: 2 };
const DAYS = { compared: 7, needed: 3 };

/**
 * The highest request rate expected between `wallMs` and `wallMs + leadMs`, or undefined with too little history. For each period it is the
 * median of the same time of the same weekday, else of the same time of the last days. A median ignores one outage and one campaign.
 */
export function forecastRate(history: LoadHistory, wallMs: number, leadMs: number): number | undefined {
  const [first, last] = [Math.floor(wallMs / PERIOD_MS), Math.floor((wallMs + leadMs) / PERIOD_MS)];
  let highest: number | undefined;
  for (let period = first; period <= last; period += 1) {
    const expected =
      pastMedian(history, period, { ...WEEKS, distance: 7 * PERIODS_PER_DAY }) ??
      pastMedian(history, period, { ...DAYS, distance: PERIODS_PER_DAY });
    if (expected !== undefined) highest = Math.max(highest ?? 0, expected);
  }
  return highest;
}

interface Season {
  readonly compared: number;
  readonly needed: number;
  /** In periods. */
  readonly distance: number;
}

function pastMedian(history: LoadHistory, period: number, { compared, needed, distance }: Season): number | undefined {
  const past = Array.from({ length: compared }, (_, index) => history.get(period - (index + 1) * distance)).filter(
    (rate): rate is number => rate !== undefined && Number.isFinite(rate) && rate >= 0,
  );
  return past.length >= needed ? lowerMedian(past) : undefined;
}
