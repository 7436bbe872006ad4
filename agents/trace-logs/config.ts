import { z } from 'zod';
import { readConfig } from '../../kit/read-config.ts';

const bytes = z.int().positive();

const configSchema = z.strictObject({
  host: z.string(),
  /** UDP: one log line is one datagram. */
  linesPort: z.int(),
  /** The pages and the API. */
  pagePort: z.int(),
  /** Accepted senders; the source address identifies host and service. */
  senders: z.array(z.strictObject({ address: z.ipv4(), host: z.string(), service: z.string() })),
  /** URL of Zipkin for browsers. */
  tracesUrl: z.url().optional(),
  /** The sampling policy of the application. */
  keep: z.strictObject({ slowMs: z.number().positive(), sampleRatio: z.number().min(0).max(1) }),
  /** Buffer sizes for lines of sampled traces and for all others. */
  room: z.strictObject({ retainedBytes: bytes, transientBytes: bytes, linesPerTrace: z.int().positive() }),
  /** Longer lines are truncated. */
  lineBytes: bytes,
});

export type TraceLogsConfig = Readonly<z.infer<typeof configSchema>>;

/** Reads `trace-logs.json`. Throws `invalid-topology` if it is unreadable or invalid. */
export function parseTraceLogsConfig(file: string): TraceLogsConfig {
  return readConfig(file, configSchema, 'the trace log store');
}
