import type { Metric } from '../catalog/metric.ts';
import type { Exporter } from '../kit/exporter.ts';
import type { LineAggregator } from './line-aggregator.ts';

/** Exposes the aggregated access-log lines of a host. The host itself is not contacted, so the target is up whenever this exporter runs. */
export function makeLogExporter(
  prefix: 'nginx_log' | 'haproxy_log' | 'site',
  metrics: Readonly<Record<string, Metric>>,
): Exporter<Pick<LineAggregator, 'emit'>, Disposable & { readonly aggregator: Pick<LineAggregator, 'emit'> }> {
  return {
    prefix,
    metrics,
    open: (aggregator) => Promise.resolve({ aggregator, [Symbol.dispose]: () => undefined }),
    collectors: [
      {
        name: prefix === 'site' ? 'requests' : 'lines',
        collect: ({ aggregator }, emit) => {
          aggregator.emit(emit);
          return Promise.resolve();
        },
      },
    ],
  };
}
