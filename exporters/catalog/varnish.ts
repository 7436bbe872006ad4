import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { BACKEND, MAIN, MAIN_GROUPS, STORAGE } from '../varnish/counters.ts';
import { atMost, gauge, type LabelValues, type Metric } from './metric.ts';

const BACKENDS = { backend: atMost(4, 'backends of the active configuration') };

function shownAs(table: typeof MAIN, labels: Readonly<Record<string, LabelValues>>): readonly [string, Metric][] {
  return Object.values(table).map(({ metric, type, unit, help }) => [
    metric,
    { type, unit, help, labels, named: 'elsewhere' },
  ]);
}

/** The Varnish of an edge: exporters/varnish. Names of prometheus_varnish_exporter, which types them all as gauges: its names, our types. */
export const VARNISH: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('varnish', ['main', 'storage', 'backends']),
  ...Object.fromEntries([
    ...shownAs(MAIN, {}),
    ...Object.entries(MAIN_GROUPS).map(([name, { help, values }]): [string, Metric] => [
      name,
      { type: 'counter', unit: '1', help, labels: { type: values }, named: 'elsewhere' },
    ]),
    ...shownAs(STORAGE, { type: ['s0', 'Transient'] }),
    ...shownAs(BACKEND, BACKENDS),
  ]),
  varnish_backend_up: gauge('1', 'Whether the newest health check of a backend was good.', { labels: BACKENDS }),
};
