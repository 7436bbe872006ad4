import type { LabelValues, Metric, Unit } from '../catalog/metric.ts';

/** A value of a server that is shown as it is: its metric, and what it counts. */
export interface Shown {
  readonly metric: string;
  readonly type: 'counter' | 'gauge';
  readonly unit: Unit;
  readonly help: string;
}

/** Makes rows of a table of {@link Shown}. */
export const shown =
  (type: Shown['type'], unit: Unit) =>
  (metric: string, help: string): Shown => ({ metric, type, unit, help });

/** The catalogue's entries of such a table, each with these labels. The names are the community's. */
export function metricsOf(
  table: Readonly<Record<string, Shown>>,
  labels: Readonly<Record<string, LabelValues>> = {},
): Readonly<Record<string, Metric>> {
  return Object.fromEntries(
    Object.values(table).map(({ metric, type, unit, help }): [string, Metric] => [
      metric,
      { type, unit, help, labels, named: 'elsewhere' },
    ]),
  );
}
