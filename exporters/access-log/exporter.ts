import type { Metric } from '../catalog/metric.ts';
import type { Exporter } from '../kit/exporter.ts';
import type { LineBook } from './line-book.ts';

/** Shows what the lines of a host were counted into. Nothing is asked of the host: it is up when this exporter listens. */
export function makeLogExporter(
  prefix: 'nginx_log' | 'haproxy_log',
  metrics: Readonly<Record<string, Metric>>,
): Exporter<LineBook, Disposable & { readonly book: LineBook }> {
  return {
    prefix,
    metrics,
    open: (book) => Promise.resolve({ book, [Symbol.dispose]: () => undefined }),
    collectors: [
      {
        name: 'lines',
        collect: ({ book }, emit) => {
          book.emit(emit);
          return Promise.resolve();
        },
      },
    ],
  };
}
