import type { PrometheusSeries } from '../../../kit/prometheus.ts';
import type { Plot } from './plot-table.ts';

/** What is drawn of an alert. */
export interface Line {
  readonly plot: Plot;
  readonly series: PrometheusSeries;
}

interface Question {
  readonly labels: Readonly<Record<string, string>>;
  /** Values before this say nothing about the alert. */
  readonly sinceMs: number;
}

/**
 * Of all series of all plots the one that the alert is about: its labels are the alert's. Where several are, the one that crossed its
 * threshold, and then the one that says most about where. Undefined: none is.
 */
export function chooseLine(candidates: readonly Line[], { labels, sinceMs }: Question): Line | undefined {
  const own = candidates.filter(
    ({ series }) => series.samples.length > 0 && namesOf(series).every((name) => series.labels[name] === labels[name]),
  );
  const rank = (line: Line): number => (hasCrossed(line, sinceMs) ? 1_000 : 0) + namesOf(line.series).length;
  return own.toSorted((a, b) => rank(b) - rank(a))[0];
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
