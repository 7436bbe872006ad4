import { randomBytes } from 'node:crypto';

/** Where a request comes from: its trace, and the span of the caller. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const ZERO = /^0+$/;

/**
 * Reads the W3C header `traceparent`; undefined where there is none that is valid.
 *
 * Its flags are passed over. `sampled` says that the caller may have recorded the request, which is neither a wish nor a veto here: every
 * request is recorded until its end and then kept or dropped for what became of it, and a client from outside must not fill the store.
 */
export function parseTraceparent(header: string | readonly string[] | undefined): TraceParent | undefined {
  // With more than one the request's way is not known.
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
