import { counter, gauge } from './metric.ts';
import { PROCESS } from './process.ts';

/** Results of received lines. */
export const LINE_RESULTS = ['kept', 'cut', 'surplus', 'without_trace', 'foreign'] as const;
export type LineResult = (typeof LINE_RESULTS)[number];

const SHELF = { shelf: ['lasting', 'passing'] } as const;

/** The log lines of requests by trace ID: agents/logbook. `lasting`: of requests whose trace is sampled; `passing`: of all others. */
export const LOGBOOK = {
  ...PROCESS,
  holdfast_logbook_lines_total: counter(
    '1',
    'Lines that arrived; cut: kept, and not whole; surplus: of a trace with too many; foreign: of no host of ours.',
    { labels: { result: LINE_RESULTS } },
  ),
  holdfast_logbook_datagrams_dropped_total: counter(
    '1',
    'Lines that the kernel dropped because they were not read in time.',
  ),
  holdfast_logbook_kept_bytes: gauge('bytes', 'Memory that the kept lines take, about.', { labels: SHELF }),
  holdfast_logbook_kept_lines: gauge('1', 'Lines that are kept.', { labels: SHELF }),
  holdfast_logbook_oldest_line_timestamp_seconds: gauge('timestamp', 'When the oldest line arrived that is kept.', {
    labels: SHELF,
    presence: 'on-event',
  }),
} as const;
