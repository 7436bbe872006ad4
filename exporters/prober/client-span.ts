import { request } from 'node:http';
import type { Traces } from '../../deploy/model/profile.ts';
import { deadlineSignal } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import { isTraceSampled } from '../access-log/is-trace-sampled.ts';
import { makeFailureLog, type Log } from '../kit/failure-log.ts';

/** A request to a server that accepts no trace context, so that only the client can record a span. */
export interface ClientSpan {
  readonly traceId: string;
  /** From a bounded set: names from the code and the topology. */
  readonly name: string;
  readonly startedAtMs: number;
  readonly seconds: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Kind of the failure, never its message: a server's message may quote values. */
  readonly errorType?: string;
}

interface SpanSenderOptions {
  readonly storeUrl: string;
  /** Monitor host that probes: one monitor may reach a target that another cannot. */
  readonly host: string;
  readonly policy: Traces;
  readonly log: Log;
}

const SERVICE = 'prober';
/** Can be long, since no caller waits for a delivery. */
const DEADLINE_MS = 2_000;

/**
 * Sends sampled spans to Zipkin, by the rule of the application: failed and slow ones, and a share of the others. If Zipkin is unreachable, the
 * span is lost and the failure is logged.
 */
export function makeSpanSender({
  storeUrl,
  host,
  policy,
  log,
}: SpanSenderOptions): (span: ClientSpan) => Promise<void> {
  const report = makeFailureLog(log, { fails: 'sending spans failed', works: 'sending spans works again' });
  return async (span) => {
    const code = span.errorType === undefined ? '2xx' : '5xx';
    if (!isTraceSampled({ traceId: span.traceId, code, seconds: span.seconds }, policy)) return;
    const attributes = { ...span.attributes, 'host.name': host };
    report({ store: storeUrl }, await deliver(storeUrl, toZipkin({ ...span, attributes })));
  };
}

/** Returns the error message, or undefined after a success. A delivery is not a probe: it has no trace and is not marked as synthetic. */
async function deliver(storeUrl: string, span: object): Promise<string | undefined> {
  try {
    const status = await post(storeUrl, JSON.stringify([span]));
    return status === 202 ? undefined : `Zipkin answered ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** Returns the status code. Without `fetch`, whose first use costs some megabytes: this process must stay small. */
function post(url: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json' },
      signal: deadlineSignal(DEADLINE_MS),
    };
    const posted = request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    posted.once('error', reject);
    posted.end(body);
  });
}

/** Format of Zipkin's API v2: times in microseconds, 0 for unknown; the tag `error` marks errors. The ID of a root span is the end of its trace ID. */
function toZipkin({ traceId, name, startedAtMs, seconds, attributes, errorType }: ClientSpan): object {
  const failed = errorType === undefined ? {} : { 'error.type': errorType, error: errorType };
  const tags = Object.entries<string | number>({ ...attributes, ...failed });
  return {
    traceId,
    id: traceId.slice(-16),
    kind: 'CLIENT',
    name,
    timestamp: Math.round(startedAtMs * 1_000),
    duration: Math.max(1, Math.round(seconds * 1e6)),
    localEndpoint: { serviceName: SERVICE },
    tags: Object.fromEntries(tags.map(([tag, value]) => [tag, String(value)])),
  };
}
