import type { Sink } from '../kit/exporter.ts';

/** What the lines of one host have been counted into. */
export interface LineBook {
  /** Takes the text of one datagram. Never throws, whatever is in it. */
  readonly take: (text: string) => void;
  /** Hands over everything that was counted since the process started. */
  readonly emit: (emit: Sink) => void;
}
