import type { Traces } from '../../deploy/profile.ts';
import { deadlineSignal } from '../../kit/deadline.ts';
import { leadsToTrace } from '../access-log/leads-to-trace.ts';
import { makeFailureLog, type Log } from '../kit/failure-log.ts';
import { sendProbe } from './http-request.ts';

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
export function makeSpanSender({ storeUrl, policy, log }: SpanSenderOptions): (span: ClientSpan) => Promise<void> {
  const tell = makeFailureLog(log, { fails: 'spans are lost', works: 'spans are taken again' });
  return async (span) => {
    const code = span.errorType === undefined ? '2xx' : '5xx';
    if (!leadsToTrace({ traceId: span.traceId, code, seconds: span.seconds }, policy)) return;
    const failure = await sendProbe({
      url: storeUrl,
      method: 'POST',
      body: [toZipkin(span)],
      authority: '',
      signal: deadlineSignal(DEADLINE_MS),
    }).then(
      ({ status }) => (status === 202 ? undefined : `Zipkin answered ${status}`),
      (error: unknown) => String(error),
    );
    tell({ store: storeUrl }, failure);
  };
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
