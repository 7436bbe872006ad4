import type { Metric } from '../catalog/metric.ts';
import type { Exporter } from '../kit/exporter.ts';
import type { LineBook } from './line-aggregator.ts';

/** Shows what the lines of a host were counted into. Nothing is asked of the host: it is up when this exporter listens. */
export function makeLogExporter(
  prefix: 'nginx_log' | 'haproxy_log' | 'site',
  metrics: Readonly<Record<string, Metric>>,
): Exporter<Pick<LineBook, 'emit'>, Disposable & { readonly book: Pick<LineBook, 'emit'> }> {
  return {
    prefix,
    metrics,
    open: (book) => Promise.resolve({ book, [Symbol.dispose]: () => undefined }),
    collectors: [
      {
        name: prefix === 'site' ? 'requests' : 'lines',
        collect: ({ book }, emit) => {
          book.emit(emit);
          return Promise.resolve();
        },
      },
    ],
  };
}
