import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { metricsOf } from '../kit/shown.ts';
import { BACKEND, MAIN, MAIN_GROUPS, STORAGE } from '../varnish/counters.ts';
import { atMost, gauge, type Metric } from './metric.ts';

const BACKENDS = { backend: atMost(4, 'backends of the active configuration') };

/** The Varnish of an edge: exporters/varnish. Names of prometheus_varnish_exporter, which types them all as gauges: its names, our types. */
export const VARNISH: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('varnish', ['main', 'storage', 'backends']),
  ...metricsOf(MAIN),
  ...Object.fromEntries(
    Object.entries(MAIN_GROUPS).map(([name, { help, values }]): [string, Metric] => [
      name,
      { type: 'counter', unit: '1', help, labels: { type: values }, named: 'elsewhere' },
    ]),
  ),
  ...metricsOf(STORAGE, { type: ['s0', 'Transient'] }),
  ...metricsOf(BACKEND, BACKENDS),
  varnish_backend_up: gauge('1', 'Whether the newest health check of a backend was good.', { labels: BACKENDS }),
};
