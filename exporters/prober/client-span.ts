import { request } from 'node:http';
import type { Traces } from '../../deploy/model/profile.ts';
import { deadlineSignal } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import { isTraceSampled } from '../access-log/is-trace-sampled.ts';
import { makeFailureLog, type Log } from '../kit/failure-log.ts';

/** What was asked of a server that takes no trace context, so that nobody but the asker can tell of it. */
export interface ClientSpan {
  readonly traceId: string;
  /** Bounded: made of names from the code and the topology. */
  readonly name: string;
  readonly startedAtMs: number;
  readonly seconds: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Kind of the failure, never its text: a server's message quotes values. */
  readonly errorType?: string;
}

interface SpanSenderOptions {
  readonly storeUrl: string;
  /** Who asks: each monitor has a prober, and what one of them cannot reach another may. */
  readonly host: string;
  readonly policy: Traces;
  readonly log: Log;
}

const SERVICE = 'prober';
/** Nobody waits for it. */
const DEADLINE_MS = 2_000;

/**
 * Sends the spans that are kept to a Zipkin, by the rule of the application: failed and slow ones, and a share of the others. A store that is gone
 * costs the span, and is logged.
 */
export function makeSpanSender({
  storeUrl,
  host,
  policy,
  log,
}: SpanSenderOptions): (span: ClientSpan) => Promise<void> {
  const tell = makeFailureLog(log, { fails: 'spans are lost', works: 'spans are taken again' });
  return async (span) => {
    const code = span.errorType === undefined ? '2xx' : '5xx';
    if (!isTraceSampled({ traceId: span.traceId, code, seconds: span.seconds }, policy)) return;
    const attributes = { ...span.attributes, 'host.name': host };
    tell({ store: storeUrl }, await deliver(storeUrl, toZipkin({ ...span, attributes })));
  };
}

/** Says what went wrong, if anything did. A delivery is no probe: it has no trace, and nothing marks it as synthetic. */
async function deliver(storeUrl: string, span: object): Promise<string | undefined> {
  try {
    const status = await post(storeUrl, JSON.stringify([span]));
    return status === 202 ? undefined : `Zipkin answered ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** The status of the answer. Not by `fetch`, which takes some megabytes once it is used: this process must be small. */
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

/** As Zipkin's second API takes it: times in microseconds, 0 for unknown; the tag `error` makes it red. A root's id may be the end of its trace's. */
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
