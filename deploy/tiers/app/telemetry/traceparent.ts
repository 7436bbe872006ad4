import { randomBytes } from 'node:crypto';

/** Trace context of a request: its trace, and the span of the caller. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/** Header in which the first proxy of this stack passes on the client's own `traceparent`. Recorded, but never used for decisions. */
export const CLIENT_TRACEPARENT = 'x-client-traceparent';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const ZERO = /^0+$/;

/**
 * Parses the W3C header `traceparent`; undefined if it is missing or invalid.
 *
 * The flags are ignored: `sampled` says that the caller may have recorded the request, and it neither requests nor prevents sampling here.
 * Every request is recorded until its end and then sampled or dropped by its outcome and its trace ID. A client cannot choose that ID
 * either: the first proxy of this stack starts a new trace, and passes the client's own context on in {@link CLIENT_TRACEPARENT}.
 */
export function parseTraceparent(header: string | readonly string[] | undefined): TraceParent | undefined {
  // Several headers are ambiguous.
  const match = typeof header === 'string' ? TRACEPARENT.exec(header) : null;
  if (match === null) return undefined;
  const [, version = '', traceId = '', spanId = '', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (ZERO.test(traceId) || ZERO.test(spanId)) return undefined;
  return { traceId, spanId };
}

/** A new id of `bytes` random bytes, hexadecimal: 16 for a trace, 8 for a span. */
export function randomId(bytes: 8 | 16): string {
  const id = randomBytes(bytes).toString('hex');
  return ZERO.test(id) ? randomId(bytes) : id;
}
