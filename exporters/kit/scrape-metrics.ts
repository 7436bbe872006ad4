import { gauge, type LabelValues, type Metric } from '../catalog/metric.ts';

/** Metrics that every exporter exposes about each scrape, with its prefix. */
export function scrapeMetrics<P extends string>(
  prefix: P,
  collectors: LabelValues,
): Readonly<Record<`${P}_${Suffix}`, Metric>> {
  const own: Readonly<Record<Suffix, Metric>> = {
    up: gauge('1', 'Whether the target could be reached.'),
    scrape_collector_success: gauge('1', 'Whether a collector succeeded completely.', {
      labels: { collector: collectors },
    }),
    scrape_collector_duration_seconds: gauge('seconds', 'Duration of a collector.', {
      labels: { collector: collectors },
    }),
    scrape_series_dropped: gauge('1', 'Series dropped because of the series limit.'),
  };
  return Object.fromEntries(Object.entries(own).map(([name, metric]) => [`${prefix}_${name}`, metric])) as Record<
    `${P}_${Suffix}`,
    Metric
  >;
}

type Suffix = 'up' | 'scrape_collector_success' | 'scrape_collector_duration_seconds' | 'scrape_series_dropped';
