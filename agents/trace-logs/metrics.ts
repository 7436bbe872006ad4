import { Counter, Gauge, Registry } from 'prom-client';
import { LINE_RESULTS, TRACE_LOGS, type LineResult } from '../../exporters/catalog/trace-logs.ts';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import { BUFFERS, type LogStore } from './store.ts';

interface TraceLogsMetrics {
  readonly registry: Registry;
  readonly count: (result: LineResult) => void;
}

/** The metrics of the trace log store. `dropped`: the drop counter of its socket. */
export function makeMetrics(store: LogStore, dropped: () => number | undefined): TraceLogsMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectProcessMetrics(registry);
  const lines = new Counter({ ...named('holdfast_trace_logs_lines_total'), labelNames: ['result'], registers });
  for (const result of LINE_RESULTS) lines.inc({ result }, 0);
  new Counter({
    ...named('holdfast_trace_logs_datagrams_dropped_total'),
    registers,
    collect() {
      this.reset();
      this.inc(dropped() ?? 0);
    },
  });
  gauge('holdfast_trace_logs_kept_bytes', ({ bytes }) => bytes);
  gauge('holdfast_trace_logs_kept_lines', (use) => use.lines);
  gauge('holdfast_trace_logs_oldest_line_timestamp_seconds', ({ oldestAtMs }) =>
    oldestAtMs === undefined ? undefined : oldestAtMs / 1000,
  );
  return {
    registry,
    count: (result) => {
      lines.inc({ result });
    },
  };

  function gauge(name: keyof typeof TRACE_LOGS, value: (use: ReturnType<LogStore['use']>) => number | undefined): void {
    new Gauge({
      ...named(name),
      labelNames: ['buffer'],
      registers,
      collect() {
        this.reset();
        for (const buffer of BUFFERS) {
          const now = value(store.use(buffer));
          if (now !== undefined) this.set({ buffer }, now);
        }
      },
    });
  }
}

function named(name: keyof typeof TRACE_LOGS): { readonly name: string; readonly help: string } {
  return { name, help: TRACE_LOGS[name].help };
}
