import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { metricsOf } from '../kit/mapped-metric.ts';
import { BACKEND, MAIN, MAIN_GROUPS, STORAGE } from '../varnish/counters.ts';
import { atMost, gauge, type Metric } from './metric.ts';

const BACKENDS = { backend: atMost(4, 'backends of the active configuration'), server: ['unknown'] };

/** The Varnish of an edge: exporters/varnish. Names, labels and types of prometheus_varnish_exporter 1.6.1. */
export const VARNISH: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('varnish', ['main', 'storage', 'backends']),
  ...metricsOf(MAIN),
  ...Object.fromEntries(
    Object.entries(MAIN_GROUPS).map(([name, { help, values }]): [string, Metric] => [
      name,
      { type: 'counter', unit: '1', help, labels: { type: values }, naming: 'upstream' },
    ]),
  ),
  ...metricsOf(STORAGE, { type: ['s0', 'transient'] }),
  ...metricsOf(BACKEND, BACKENDS),
  varnish_backend_up: gauge('1', 'Whether the last health check of a backend succeeded.', { labels: BACKENDS }),
};
