import { AsyncLocalStorage } from 'node:async_hooks';
import { randomId, type TraceParent } from './traceparent.ts';

export type Attributes = Readonly<Record<string, string | number>>;

/** What was done for a request and how long it took, as cheap as can be: most of it is thrown away when the request has ended. */
export interface SpanRecord {
  /** Bounded: made of names from the code. */
  readonly name: string;
  /** `client`: somebody else was asked. `internal`: something was waited for. */
  readonly kind: 'client' | 'internal';
  readonly attributes: Attributes;
  /** On the clock of `performance.now()`, ms. */
  readonly startMs: number;
  /** Undefined while it lasts. */
  endMs: number | undefined;
  /** Kind of the failure, never its text: a server's message quotes values. */
  errorType: string | undefined;
}

/** A moment worth a word. */
export interface Moment {
  readonly name: string;
  readonly atMs: number;
}

/** More spans than the busiest page has; a write that looks for a primary during its whole budget has more. */
const MAX_SPANS = 128;

/** Everything that is recorded of one request. */
export class RequestTrace {
  readonly traceId: string;
  readonly parentId: string | undefined;
  /** The trace that the client itself named. Chosen by the client, so it is recorded and decides nothing. */
  readonly clientTraceId: string | undefined;
  readonly startMs = performance.now();
  readonly spans: SpanRecord[] = [];
  readonly moments: Moment[] = [];
  /** Spans beyond {@link MAX_SPANS}. */
  lost = 0;
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

  /** Of the request itself. Made when it is first asked for: most requests need none. */
  get spanId(): string {
    return (this.#spanId ??= randomId(8));
  }

  /** Begins a span. Undefined when the request has ended or has more than enough of them. */
  begin(name: string, kind: SpanRecord['kind'], attributes: Attributes): SpanRecord | undefined {
    if (this.#ended) return undefined;
    if (this.spans.length >= MAX_SPANS) {
      this.lost += 1;
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

  /** A statement or a transaction begins anew. */
  retry(reason: string): void {
    this.retried = true;
    // As many as spans, or an unlucky write would grow without bounds.
    if (!this.#ended && this.moments.length < MAX_SPANS)
      this.moments.push({ name: `retry: ${reason}`, atMs: performance.now() });
  }

  fail(error: unknown): void {
    this.errorType ??= errorTypeOf(error);
  }

  /**
   * Takes no more spans. `onSettled` is called once the last one that was begun is over, at once when none is: the answer does not
   * wait for everything (a cached page that is to be forgotten), and all of it has a deadline.
   */
  end(onSettled: () => void): void {
    this.#ended = true;
    if (this.#open === 0) onSettled();
    else this.#onSettled = onSettled;
  }
}

const storage = new AsyncLocalStorage<RequestTrace | undefined>();

/** The trace of the request that is being answered just here. */
export function currentTrace(): RequestTrace | undefined {
  return storage.getStore();
}

/** Runs `work` and all that comes of it as part of a request, or with `undefined` as part of none. */
export function inTrace<T>(trace: RequestTrace | undefined, work: () => T): T {
  return storage.run(trace, work);
}

/** Does `work` in a span of the current request, if there is one. */
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

/** `trace_id`, `span_id` and, where the client sent one, `client_trace_id` for a log line. Empty outside of a request. */
export function traceFields(): Readonly<Record<string, string>> {
  const trace = storage.getStore();
  if (trace === undefined) return {};
  const { traceId, spanId, clientTraceId } = trace;
  const client = clientTraceId === undefined ? {} : { client_trace_id: clientTraceId };
  return { trace_id: traceId, span_id: spanId, ...client };
}
