import type { Bucket, ExperimentOutcome } from '../runner/outcome.ts';

/** Horizontal measures of all charts of an experiment, in units of their view box: charts below each other have the same time axis. */
export const CHART = { width: 1_060, left: 52, right: 10 } as const;

/** The time range of a chart, milliseconds since the epoch, and the position of a moment in it. */
export interface Scale {
  readonly startMs: number;
  readonly spanMs: number;
  readonly x: (ms: number) => number;
}

/** The scale of the requests of an experiment; undefined without requests. */
export function scaleOf(buckets: readonly Bucket[]): Scale | undefined {
  const [first] = buckets;
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const spanMs = Math.max(1, last.t - first.t + 100);
  const { width, left, right } = CHART;
  return { startMs: first.t, spanMs, x: (ms) => left + ((ms - first.t) / spanMs) * (width - left - right) };
}

interface Axis {
  /** The moment that the labels count from, milliseconds since the epoch. */
  readonly zeroMs: number;
  readonly zeroLabel: string;
  readonly top: number;
  readonly bottom: number;
}

/** What the time axis counts from. */
export function originOf({ changeSteps }: Pick<ExperimentOutcome, 'changeSteps'>): string {
  return changeSteps === undefined ? 'fault' : 'change';
}

/** Vertical lines at round times, with labels below them. */
export function renderTimeAxis({ startMs, spanMs, x }: Scale, { zeroMs, zeroLabel, top, bottom }: Axis): string {
  const stepMs = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000].find((step) => spanMs / step <= 14) ?? 120_000;
  const from = Math.ceil((startMs - zeroMs) / stepMs);
  const to = Math.floor((startMs + spanMs - zeroMs) / stepMs);
  const ticks = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => {
    const offset = (from + index) * stepMs;
    const at = fixed(x(zeroMs + offset));
    const label = offset === 0 ? zeroLabel : `${offset > 0 ? '+' : ''}${offset / 1_000} s`;
    return `<line class="grid" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle">${label}</text>`;
  });
  return ticks.join('\n');
}

export function fixed(value: number): string {
  return value.toFixed(1);
}
