import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';
import { requestRecordSchema, type RequestRecord } from './request-record.ts';
import type { OrderAttempt, WriteOutcome } from './write-ledger.ts';

const orderLineSchema = z.strictObject({
  event: z.literal('order'),
  key: z.string().min(1),
  startMs: z.number().positive(),
});

const requestLineSchema = requestRecordSchema.extend({
  event: z.literal('request'),
  scenario: z.string().min(1),
  iteration: z.int().min(0),
  key: z.string().min(1).optional(),
  orderId: z.string().min(1).optional(),
});

const lineSchema = z.discriminatedUnion('event', [orderLineSchema, requestLineSchema]);

type RequestLine = z.infer<typeof requestLineSchema>;

/** One line of the load's log: an order about to be sent, or a request that has ended. */
export type LoadLine = z.infer<typeof lineSchema>;

/** Parses one line as the suites write it. Throws `unreadable-record`. */
export function parseLoadLine(line: string): LoadLine {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new HoldfastError('unreadable-record', `Unreadable load record: ${line.slice(0, 200)}`, {
      cause: error,
    });
  }
}

/** Statuses after which the shop has certainly placed no order. After any other, 409 and 5xx included, the outcome is unknown. */
const REJECTIONS: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415, 422, 429]);

/** The log of one load, as far as it has been read. */
export class LoadLog {
  readonly #records: RequestRecord[] = [];
  readonly #orders = new Map<string, OrderAttempt>();
  readonly #unfinished = new Map<string, number>();
  /** Scenario → iteration → start of its first request. */
  readonly #starts = new Map<string, Map<number, number>>();
  readonly #problems: string[] = [];
  #lines = 0;

  /** In the order in which the requests ended, without the requests of the setup. */
  get records(): readonly RequestRecord[] {
    return this.#records;
  }

  get orders(): readonly OrderAttempt[] {
    return [...this.#orders.values()];
  }

  /** Starts of the orders that were sent and have not ended, milliseconds since the epoch. */
  get unfinished(): readonly number[] {
    return [...this.#unfinished.values()];
  }

  /** Lines read, unreadable ones included. */
  get lines(): number {
    return this.#lines;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Starts of the iterations of a scenario, as far as one of their requests has ended. */
  startsOf(scenario: string): readonly number[] {
    return [...(this.#starts.get(scenario)?.values() ?? [])];
  }

  /** Adds a line. An unreadable line becomes a problem. */
  add(line: string): void {
    this.#lines += 1;
    let parsed: LoadLine;
    try {
      parsed = parseLoadLine(line);
    } catch (error) {
      this.#problems.push(error instanceof Error ? error.message : String(error));
      return;
    }
    if (parsed.event === 'order') this.#addAttempt(parsed.key, parsed.startMs);
    else this.#addRequest(parsed);
  }

  #addAttempt(key: string, startMs: number): void {
    if (this.#orders.has(key)) this.#problems.push(`the order ${key} was sent twice`);
    this.#orders.set(key, { key, startMs, outcome: 'unknown' });
    this.#unfinished.set(key, startMs);
  }

  #addRequest(line: RequestLine): void {
    const record = recordOf(line);
    if (line.scenario === PREPARATION) return;
    this.#records.push(record);
    this.#addStart(line);
    const { key, orderId } = line;
    if (key === undefined) return;
    if (!this.#unfinished.delete(key)) this.#problems.push(`the order ${key} has an end without a beginning`);
    const attempt = { key, startMs: record.startMs, outcome: outcomeOf(record, orderId) };
    this.#orders.set(key, orderId === undefined ? attempt : { ...attempt, orderId });
  }

  #addStart({ scenario, iteration, startMs }: RequestLine): void {
    const starts = this.#starts.get(scenario) ?? new Map<number, number>();
    if (!starts.has(iteration)) starts.set(iteration, startMs);
    this.#starts.set(scenario, starts);
  }
}

/** The scenario name of the requests that setup sends before the load begins. */
const PREPARATION = 'setup';

function recordOf(line: RequestLine): RequestRecord {
  const { startMs, durationMs, kind, ok, status, error, connection, connectedMs, target, host, version, traceId } =
    line;
  return {
    ...{ startMs, durationMs, kind, ok, status, connection, target },
    ...(error === undefined ? {} : { error }),
    ...(connectedMs === undefined ? {} : { connectedMs }),
    ...(host === undefined ? {} : { host }),
    ...(version === undefined ? {} : { version }),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/** The outcome of an order, from the record of its request and the ID that the server acknowledged. */
export function outcomeOf(record: RequestRecord, orderId: string | undefined): WriteOutcome {
  if (record.ok && orderId !== undefined) return 'acknowledged';
  return REJECTIONS.has(record.status) ? 'rejected' : 'unknown';
}
