import { z } from 'zod';
import { readConfig } from '../../kit/read-config.ts';

const bytes = z.int().positive();

const configSchema = z.strictObject({
  host: z.string(),
  /** UDP: one log line is one datagram. */
  linesPort: z.int(),
  /** The pages and the API. */
  pagePort: z.int(),
  /** Whose lines are taken: the address that they come from says which host and service they are of. */
  senders: z.array(z.strictObject({ address: z.ipv4(), host: z.string(), service: z.string() })),
  /** Where a browser finds Zipkin. */
  tracesUrl: z.url().optional(),
  /** By what the application decides which traces are kept. */
  keep: z.strictObject({ slowMs: z.number().positive(), keptRatio: z.number().min(0).max(1) }),
  /** Room for the lines of requests whose trace is kept, and for those of all others. */
  room: z.strictObject({ lastingBytes: bytes, passingBytes: bytes, linesPerTrace: z.int().positive() }),
  /** What is longer is cut. */
  lineBytes: bytes,
});

export type LogbookConfig = Readonly<z.infer<typeof configSchema>>;

/** Reads `logbook.json`. Throws `usage` when it cannot be read or is not one. */
export function parseLogbookConfig(file: string): LogbookConfig {
  return readConfig(file, configSchema, 'the logbook');
}
