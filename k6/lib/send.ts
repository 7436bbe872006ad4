import http, { type Params, type RefinedResponse, type ResponseType } from 'k6/http';
import { Counter } from 'k6/metrics';
import type { Target } from './settings.ts';

/** The sender of requests, fixed for an iteration. */
export interface Sender {
  readonly scenario: string;
  readonly iteration: number;
  readonly target: Target;
  readonly connection: 'new' | 'kept';
}

export interface RequestSpec {
  readonly kind: 'page' | 'product' | 'static' | 'login' | 'order' | 'order-read';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** False: the body is discarded, as for static files. True: the check needs it. */
  readonly keepBody: boolean;
  /** Idempotency-Key of an order. */
  readonly key?: string;
  /** Returns the problem of a response; undefined if there is none. */
  readonly check: (answer: Answer) => string | undefined;
}

export type Answer = RefinedResponse<ResponseType>;

/** Slower requests have the trace ID in their record, so that the trace shows where the time was spent. */
const NOTABLE_MS = 500;

/** Counts the written lines, so that the evaluation of the records detects missing ones. */
const written = new Counter('holdfast_records');

/**
 * Sends one request and writes its record: one line of JSON on k6's console, which goes unbuffered to a file. An order is also logged
 * before it is sent, so that an interrupted attempt is known.
 */
export function send(sender: Sender, spec: RequestSpec): Answer | undefined {
  const startMs = Date.now();
  if (spec.key !== undefined) write({ event: 'order', key: spec.key, startMs });
  let answer: Answer | undefined;
  let failure: string | undefined;
  try {
    answer = request(sender, spec, startMs);
    failure = failureOf(answer, spec);
  } catch (error) {
    failure = String(error);
  }
  const durationMs = durationOf(answer, Date.now() - startMs);
  const isNotable = failure !== undefined || durationMs > NOTABLE_MS;
  const connection = connectionOf(answer, sender);
  const connectedMs = connectedAt({ answer, connection, startMs, isKept: sender.connection === 'kept' });
  write({
    event: 'request',
    scenario: sender.scenario,
    iteration: sender.iteration,
    startMs,
    durationMs,
    kind: spec.kind,
    ok: failure === undefined,
    status: answer?.status ?? 0,
    error: failure,
    connection,
    connectedMs,
    target: sender.target.name,
    host: answer?.headers['X-Served-By'],
    version: answer?.headers['X-App-Version'],
    traceId: isNotable ? answer?.headers['X-Trace-Id'] : undefined,
    key: spec.key,
    orderId: spec.key === undefined || failure !== undefined ? undefined : orderIdOf(answer),
  });
  return failure === undefined ? answer : undefined;
}

/**
 * Sends a request to the target, and to its fallback URL if no connection could be established. Nothing was sent in that case, so this is
 * safe for orders, too. Both attempts count as one request with their total duration.
 */
function request(sender: Sender, spec: RequestSpec, startMs: number): Answer {
  const { url, fallbackUrl } = sender.target;
  const answer = http.request(
    spec.method,
    url + spec.path,
    spec.body ?? null,
    paramsOf(sender, spec, spec.timeoutSeconds),
  );
  const leftSeconds = spec.timeoutSeconds - (Date.now() - startMs) / 1_000;
  if (fallbackUrl === undefined || leftSeconds <= 0 || !NO_CONNECTION.includes(answer.error_code)) return answer;
  return http.request(spec.method, fallbackUrl + spec.path, spec.body ?? null, paramsOf(sender, spec, leftSeconds));
}

/** k6's error codes for a connection that was not established: refused, timed out or failed otherwise ("Error codes" in its manual). */
const NO_CONNECTION: readonly number[] = [1210, 1211, 1212];

/** The ID in the response to an order, as text. */
export function orderIdOf(answer: Answer | undefined): string | undefined {
  const id = jsonOf(answer)['orderId'];
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined;
}

/** The body as a JSON object; an empty object for any other body. */
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

function paramsOf(sender: Sender, spec: RequestSpec, timeoutSeconds: number): Params {
  return {
    headers: {
      ...spec.headers,
      // k6's noConnectionReuse applies to a whole run. `Connection: close` has the same effect for one request.
      ...(sender.connection === 'new' ? { Connection: 'close' } : {}),
    },
    cookies: { ...spec.cookies },
    timeout: `${timeoutSeconds}s`,
    // No path should respond with a redirect.
    redirects: 0,
    responseType: spec.keepBody ? 'text' : 'none',
  };
}

function failureOf(answer: Answer, spec: RequestSpec): string | undefined {
  if (answer.status === 0) return answer.error === '' ? 'no answer' : answer.error;
  return spec.check(answer) ?? (answer.error === '' ? undefined : answer.error);
}

/**
 * The total time that the client waited. k6's own duration excludes the wait for a connection, and after a retry of Go's client, its parts cover the
 * last attempt only. The clock around the request has whole milliseconds, so the parts are used if they agree with it.
 */
function durationOf(answer: Answer | undefined, clockMs: number): number {
  const timings = answer?.timings;
  // `blocked` is the time until a connection was available, including connect and TLS handshake.
  const partsMs = timings === undefined ? 0 : timings.blocked + timings.duration;
  return Math.abs(clockMs - partsMs) <= 2 ? Math.round(partsMs * 1000) / 1000 : Math.max(clockMs, partsMs);
}

function connectionOf(answer: Answer | undefined, sender: Sender): 'new' | 'kept' {
  if (answer === undefined || answer.status === 0) return sender.connection;
  return answer.timings.connecting > 0 ? 'new' : 'kept';
}

/** When this virtual user opened the connections that it keeps, by address and port. Each virtual user has its own connections, and its own copy of this. */
const connectedSince = new Map<string, number>();

interface Connected {
  readonly answer: Answer | undefined;
  readonly connection: 'new' | 'kept';
  readonly startMs: number;
  /** Whether the sender keeps its connections. */
  readonly isKept: boolean;
}

/** When the connection of a request was opened, if an earlier request opened it. Remembers a connection that this request opened. */
function connectedAt({ answer, connection, startMs, isKept }: Connected): number | undefined {
  if (answer === undefined) return undefined;
  const peer = `${answer.remote_ip}:${answer.remote_port}`;
  const since = connection === 'kept' ? connectedSince.get(peer) : undefined;
  // A failed request ends its connection.
  if (answer.status === 0) connectedSince.delete(peer);
  else if (connection === 'new' && isKept) connectedSince.set(peer, startMs);
  return since;
}
