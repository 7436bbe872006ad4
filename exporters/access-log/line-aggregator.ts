import type { Sink } from '../kit/exporter.ts';

/** Aggregates the access-log lines of one host into metrics. */
export interface LineAggregator {
  /** Counts the text of one datagram. Never throws for any content. */
  readonly take: (text: string) => void;
  /** Emits all counts since the start of the process. */
  readonly emit: (emit: Sink) => void;
}
