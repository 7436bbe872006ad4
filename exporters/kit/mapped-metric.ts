import type { LabelValues, Metric, Unit } from '../catalog/metric.ts';

/** A value of a server that is exposed unchanged, as this metric. */
export interface MappedMetric {
  readonly metric: string;
  readonly type: 'counter' | 'gauge';
  readonly unit: Unit;
  readonly help: string;
}

/** Makes table rows of {@link MappedMetric}. */
export const mapped =
  (type: MappedMetric['type'], unit: Unit) =>
  (metric: string, help: string): MappedMetric => ({ metric, type, unit, help });

/** Catalogue entries of such a table, each with these labels. The names are those of the upstream exporter. */
export function metricsOf(
  table: Readonly<Record<string, MappedMetric>>,
  labels: Readonly<Record<string, LabelValues>> = {},
): Readonly<Record<string, Metric>> {
  return Object.fromEntries(
    Object.values(table).map(({ metric, type, unit, help }): [string, Metric] => [
      metric,
      { type, unit, help, labels, naming: 'upstream' },
    ]),
  );
}
