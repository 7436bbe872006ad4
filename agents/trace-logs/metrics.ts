import { Counter, Gauge, Registry } from 'prom-client';
import { LINE_RESULTS, LOGBOOK, type LineResult } from '../../exporters/catalog/logbook.ts';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import { BUFFERS, type LogStore } from './store.ts';

interface LogbookMetrics {
  readonly registry: Registry;
  readonly count: (result: LineResult) => void;
}

/** The metrics of the logbook. `dropped`: the drop counter of its socket. */
export function makeMetrics(store: LogStore, dropped: () => number | undefined): LogbookMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectProcessMetrics(registry);
  const lines = new Counter({ ...named('holdfast_logbook_lines_total'), labelNames: ['result'], registers });
  for (const result of LINE_RESULTS) lines.inc({ result }, 0);
  new Counter({
    ...named('holdfast_logbook_datagrams_dropped_total'),
    registers,
    collect() {
      this.reset();
      this.inc(dropped() ?? 0);
    },
  });
  gauge('holdfast_logbook_kept_bytes', ({ bytes }) => bytes);
  gauge('holdfast_logbook_kept_lines', (use) => use.lines);
  gauge('holdfast_logbook_oldest_line_timestamp_seconds', ({ oldestAtMs }) =>
    oldestAtMs === undefined ? undefined : oldestAtMs / 1000,
  );
  return {
    registry,
    count: (result) => {
      lines.inc({ result });
    },
  };

  function gauge(name: keyof typeof LOGBOOK, value: (use: ReturnType<LogStore['use']>) => number | undefined): void {
    new Gauge({
      ...named(name),
      labelNames: ['shelf'],
      registers,
      collect() {
        this.reset();
        for (const shelf of BUFFERS) {
          const now = value(store.use(shelf));
          if (now !== undefined) this.set({ shelf }, now);
        }
      },
    });
  }
}

function named(name: keyof typeof LOGBOOK): { readonly name: string; readonly help: string } {
  return { name, help: LOGBOOK[name].help };
}
