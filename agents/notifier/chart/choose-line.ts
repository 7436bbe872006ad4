import type { PrometheusSeries } from '../../../kit/prometheus.ts';
import type { Plot } from './plot-table.ts';

/** One series that a chart may show. */
export interface Line {
  readonly plot: Plot;
  readonly series: PrometheusSeries;
}

interface ChartTarget {
  readonly labels: Readonly<Record<string, string>>;
  /** Earlier values are irrelevant to the alert. */
  readonly sinceMs: number;
}

/**
 * The series whose labels match those of the alert. Among several, prefers one that crossed its threshold, then the one with the most
 * labels. `undefined` if none matches.
 */
export function chooseLine(candidates: readonly Line[], { labels, sinceMs }: ChartTarget): Line | undefined {
  const matching = candidates.filter(
    ({ series }) => series.samples.length > 0 && namesOf(series).every((name) => series.labels[name] === labels[name]),
  );
  const rank = (line: Line): number => (hasCrossed(line, sinceMs) ? 1_000 : 0) + namesOf(line.series).length;
  return matching.toSorted((a, b) => rank(b) - rank(a))[0];
}

function namesOf({ labels }: PrometheusSeries): readonly string[] {
  return Object.keys(labels).filter((name) => name !== '__name__');
}

function hasCrossed({ plot, series }: Line, sinceMs: number): boolean {
  const { threshold } = plot;
  return (
    threshold !== undefined &&
    series.samples.some(([atMs, value]) => atMs >= sinceMs && COMPARE[threshold.comparison](value, threshold.value))
  );
}

const COMPARE: Readonly<Record<NonNullable<Plot['threshold']>['comparison'], (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
