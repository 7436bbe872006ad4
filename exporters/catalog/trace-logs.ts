import { counter, gauge } from './metric.ts';
import { PROCESS } from './process.ts';

/** Results of received lines. */
export const LINE_RESULTS = ['kept', 'cut', 'over_limit', 'without_trace', 'unknown_source'] as const;
export type LineResult = (typeof LINE_RESULTS)[number];

const BUFFER = { buffer: ['retained', 'transient'] } as const;

/** The log lines of requests by trace ID: agents/trace-logs. `retained`: of requests whose trace is sampled; `transient`: of all others. */
export const TRACE_LOGS = {
  ...PROCESS,
  holdfast_trace_logs_lines_total: counter(
    '1',
    'Received lines by result; cut: truncated; over_limit: trace with too many lines; unknown_source: host outside the stack.',
    { labels: { result: LINE_RESULTS } },
  ),
  holdfast_trace_logs_datagrams_dropped_total: counter(
    '1',
    'Lines dropped by the kernel because they were not read in time.',
  ),
  holdfast_trace_logs_kept_bytes: gauge('bytes', 'Approximate memory of the stored lines.', { labels: BUFFER }),
  holdfast_trace_logs_kept_lines: gauge('1', 'Stored lines.', { labels: BUFFER }),
  holdfast_trace_logs_oldest_line_timestamp_seconds: gauge('timestamp', 'Arrival time of the oldest stored line.', {
    labels: BUFFER,
    presence: 'on-event',
  }),
} as const;
