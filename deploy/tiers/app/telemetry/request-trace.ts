import { AsyncLocalStorage } from 'node:async_hooks';
import { randomId, type TraceParent } from './traceparent.ts';

export type Attributes = Readonly<Record<string, string | number>>;

/** One operation of a request and its duration. A cheap plain object, because most of them are discarded at the end of the request. */
export interface SpanRecord {
  /** A name from the code, so that the number of names is bounded. */
  readonly name: string;
  /** `client`: a request to another server. `internal`: a wait. */
  readonly kind: 'client' | 'internal';
  readonly attributes: Attributes;
  /** On the clock of `performance.now()`, ms. */
  readonly startMs: number;
  /** Undefined while the operation runs. */
  endMs: number | undefined;
  /** Type of the failure. Never its text, because servers quote values in messages. */
  errorType: string | undefined;
}

/** A point in time within a request. */
export interface TraceEvent {
  readonly name: string;
  readonly atMs: number;
}

/** More spans than the busiest page has. A write that waits for a primary during its whole budget may exceed it. */
const MAX_SPANS = 128;

/** Recorded spans and events of one request. */
export class RequestTrace {
  readonly traceId: string;
  readonly parentId: string | undefined;
  /** Trace ID of the client's own context. Only recorded and never used for decisions, because the client can choose it. */
  readonly clientTraceId: string | undefined;
  readonly startMs = performance.now();
  readonly spans: SpanRecord[] = [];
  readonly events: TraceEvent[] = [];
  /** Number of spans beyond {@link MAX_SPANS}. */
  droppedSpans = 0;
  errorType: string | undefined;
  retried = false;
  #spanId: string | undefined;
  #open = 0;
  #ended = false;
  #onSettled: (() => void) | undefined;

  constructor(parent: TraceParent | undefined, client?: TraceParent) {
    this.traceId = parent?.traceId ?? randomId(16);
    this.parentId = parent?.spanId;
    this.clientTraceId = client?.traceId;
  }

  /** Span ID of the request itself. Made on first access, because most requests do not need it. */
  get spanId(): string {
    return (this.#spanId ??= randomId(8));
  }

  /** Begins a span. Undefined if the request has ended or has too many spans. */
  begin(name: string, kind: SpanRecord['kind'], attributes: Attributes): SpanRecord | undefined {
    if (this.#ended) return undefined;
    if (this.spans.length >= MAX_SPANS) {
      this.droppedSpans += 1;
      return undefined;
    }
    const span: SpanRecord = {
      name,
      kind,
      attributes,
      startMs: performance.now(),
      endMs: undefined,
      errorType: undefined,
    };
    this.spans.push(span);
    this.#open += 1;
    return span;
  }

  finish(span: SpanRecord): void {
    span.endMs = performance.now();
    this.#open -= 1;
    if (this.#ended && this.#open === 0) this.#onSettled?.();
  }

  /** Records a retry of a statement or transaction. */
  retry(reason: string): void {
    this.retried = true;
    // Bounded like spans, or the trace of a long write would grow without limit.
    if (!this.#ended && this.events.length < MAX_SPANS)
      this.events.push({ name: `retry: ${reason}`, atMs: performance.now() });
  }

  fail(error: unknown): void {
    this.errorType ??= errorTypeOf(error);
  }

  /**
   * Accepts no more spans. Calls `onSettled` when the last open span has ended, or at once. Some spans outlive the response, such as cache
   * invalidations, but all have a deadline.
   */
  end(onSettled: () => void): void {
    this.#ended = true;
    if (this.#open === 0) onSettled();
    else this.#onSettled = onSettled;
  }
}

const storage = new AsyncLocalStorage<RequestTrace | undefined>();

/** The trace of the current request. */
export function currentTrace(): RequestTrace | undefined {
  return storage.getStore();
}

/** Runs `work`, and all asynchronous work that it starts, as part of a request; with `undefined`, outside of any request. */
export function inTrace<T>(trace: RequestTrace | undefined, work: () => T): T {
  return storage.run(trace, work);
}

/** Runs `work` in a span of the current request, if any. */
export async function inSpan<T>(
  { name, kind = 'client', attributes }: Pick<SpanRecord, 'name' | 'attributes'> & Partial<Pick<SpanRecord, 'kind'>>,
  work: () => Promise<T>,
): Promise<T> {
  const trace = storage.getStore();
  const span = trace?.begin(name, kind, attributes);
  if (trace === undefined || span === undefined) return await work();
  try {
    return await work();
  } catch (error) {
    span.errorType = errorTypeOf(error);
    throw error;
  } finally {
    trace.finish(span);
  }
}

/** The code of an error, else its name. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** `trace_id`, `span_id` and, if the client sent one, `client_trace_id` for a log line. Empty outside of a request. */
export function traceFields(): Readonly<Record<string, string>> {
  const trace = storage.getStore();
  if (trace === undefined) return {};
  const { traceId, spanId, clientTraceId } = trace;
  const client = clientTraceId === undefined ? {} : { client_trace_id: clientTraceId };
  return { trace_id: traceId, span_id: spanId, ...client };
}
