import { Counter, Gauge, Registry, type OpenMetricsContentType, type PrometheusContentType } from 'prom-client';
import type { Metric } from '../catalog/metric.ts';
import type { Sample } from './exporter.ts';

/** How an answer is written. */
export type Format = 'text' | 'openmetrics';

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/**
 * Writes samples for Prometheus. The registry lives for this answer only: prom-client strips `_total` from the names of counters for good once
 * it has written them as OpenMetrics, and keeps series that are gone.
 */
export async function renderSamples(
  samples: readonly Sample[],
  metrics: Readonly<Record<string, Metric>>,
  format: Format,
): Promise<Exposition> {
  const registry = new Registry<PrometheusContentType | OpenMetricsContentType>();
  registry.setContentType(
    format === 'openmetrics' ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
  );
  const registers = [registry as Registry];
  for (const [name, of] of Map.groupBy(samples, (sample) => sample.name)) {
    const metric = metrics[name];
    if (metric === undefined) continue;
    const about = { name, help: metric.help, labelNames: Object.keys(metric.labels), registers };
    // OpenMetrics has no counter without `_total`.
    if (metric.type === 'counter' && name.endsWith('_total')) {
      const counter = new Counter(about);
      for (const { labels = {}, value } of of) counter.inc({ ...labels }, value);
    } else {
      const gauge = new Gauge(about);
      for (const { labels = {}, value } of of) gauge.set({ ...labels }, value);
    }
  }
  return { contentType: registry.contentType, body: await registry.metrics() };
}

/** OpenMetrics where it is asked for by name, the classic text otherwise. */
export function negotiateFormat(accept: string | undefined): Format {
  return accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text';
}
