import http, { type Params, type RefinedResponse, type ResponseType } from 'k6/http';
import { Counter } from 'k6/metrics';
import type { Target } from './settings.ts';

/** Who sends: fixed for an iteration. */
export interface Sender {
  readonly scenario: string;
  readonly iteration: number;
  readonly target: Target;
  readonly connection: 'new' | 'kept';
}

export interface Ask {
  readonly kind: 'page' | 'product' | 'static' | 'login' | 'order' | 'order-read';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Static files are read and thrown away; everything else is kept for its check. */
  readonly keepBody: boolean;
  /** Idempotency-Key of an order. */
  readonly key?: string;
  /** What is wrong with an answer; undefined when nothing is. */
  readonly check: (answer: Answer) => string | undefined;
}

export type Answer = RefinedResponse<ResponseType>;

/** From here on a record names its trace, so that somebody can look where the time went. */
const NOTABLE_MS = 500;

/** Counts the lines written, so that a reader of the records can tell that none is missing. */
const written = new Counter('holdfast_records');

/**
 * Sends one request and writes its record: one line of JSON on k6's console, which goes unbuffered to a file. An order is noted
 * before it is sent too, so that one cut off is known to have been tried.
 */
export function send(sender: Sender, ask: Ask): Answer | undefined {
  const startMs = Date.now();
  if (ask.key !== undefined) write({ event: 'order', key: ask.key, startMs });
  let answer: Answer | undefined;
  let fault: string | undefined;
  try {
    answer = request(sender, ask, startMs);
    fault = faultOf(answer, ask);
  } catch (error) {
    fault = String(error);
  }
  const durationMs = durationOf(answer, Date.now() - startMs);
  const isNotable = fault !== undefined || durationMs > NOTABLE_MS;
  write({
    event: 'request',
    scenario: sender.scenario,
    iteration: sender.iteration,
    startMs,
    durationMs,
    kind: ask.kind,
    ok: fault === undefined,
    status: answer?.status ?? 0,
    error: fault,
    connection: connectionOf(answer, sender),
    target: sender.target.name,
    host: answer?.headers['X-Served-By'],
    traceId: isNotable ? answer?.headers['X-Trace-Id'] : undefined,
    key: ask.key,
    orderId: ask.key === undefined || fault !== undefined ? undefined : orderIdOf(answer),
  });
  return fault === undefined ? answer : undefined;
}

/**
 * Sends it to the target, and to the target's other address when no connection was made: nothing was sent then, so this is safe for
 * orders as well. Both count as one request, for as long as both take.
 */
function request(sender: Sender, ask: Ask, startMs: number): Answer {
  const { url, otherwise } = sender.target;
  const answer = http.request(ask.method, url + ask.path, ask.body ?? null, paramsOf(sender, ask, ask.timeoutSeconds));
  const leftSeconds = ask.timeoutSeconds - (Date.now() - startMs) / 1_000;
  if (otherwise === undefined || leftSeconds <= 0 || !NO_CONNECTION.includes(answer.error_code)) return answer;
  return http.request(ask.method, otherwise + ask.path, ask.body ?? null, paramsOf(sender, ask, leftSeconds));
}

/** k6's codes for a connection that was refused, timed out or failed otherwise before it was there ("Error codes" of its manual). */
const NO_CONNECTION: readonly number[] = [1210, 1211, 1212];

/** The id in the answer to an order, as text. */
export function orderIdOf(answer: Answer | undefined): string | undefined {
  const id = jsonOf(answer)['orderId'];
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined;
}

/** The body as a JSON object; an empty one when it is none. */
export function jsonOf(answer: Answer | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(typeof answer?.body === 'string' ? answer.body : '');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function write(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(line));
  written.add(1);
}

function paramsOf(sender: Sender, ask: Ask, timeoutSeconds: number): Params {
  return {
    headers: {
      ...ask.headers,
      // k6's noConnectionReuse is for a whole run; a client that says `close` does the same for one request.
      ...(sender.connection === 'new' ? { Connection: 'close' } : {}),
    },
    cookies: { ...ask.cookies },
    timeout: `${timeoutSeconds}s`,
    // A redirect is not an answer that any of the paths should give.
    redirects: 0,
    responseType: ask.keepBody ? 'text' : 'none',
  };
}

function faultOf(answer: Answer, ask: Ask): string | undefined {
  if (answer.status === 0) return answer.error === '' ? 'no answer' : answer.error;
  return ask.check(answer) ?? (answer.error === '' ? undefined : answer.error);
}

/**
 * k6's own duration leaves out waiting for a connection, and after a retry of Go's client its parts are those of the last try only:
 * the clock around the request is what the client waited. That has whole milliseconds, so the parts are told where they agree.
 */
function durationOf(answer: Answer | undefined, clockMs: number): number {
  const timings = answer?.timings;
  // `blocked` is the time until there was a connection: connecting and the TLS handshake are in it.
  const partsMs = timings === undefined ? 0 : timings.blocked + timings.duration;
  return Math.abs(clockMs - partsMs) <= 2 ? Math.round(partsMs * 1000) / 1000 : Math.max(clockMs, partsMs);
}

function connectionOf(answer: Answer | undefined, sender: Sender): 'new' | 'kept' {
  if (answer === undefined || answer.status === 0) return sender.connection;
  return answer.timings.connecting > 0 ? 'new' : 'kept';
}
