import type { Traces } from '../../deploy/model/profile.ts';

/** What a line tells of a request. */
interface TracedRequest {
  readonly traceId: string;
  readonly code: string;
  readonly seconds: number;
}

/**
 * Whether the trace of a request can be expected in the store: an exemplar that leads nowhere is worse than none. The application decides when a
 * request has ended, by what a line tells as well: failed and slow ones are kept, of the others a share by the last 48 bits of the id.
 * What the application itself decides by is `deploy/tiers/app/telemetry/decide-keep.ts`; agents/exporter/kept-traces.test.ts compares the two.
 */
export function isTraceSampled({ traceId, code, seconds }: TracedRequest, { slowMs, keptRatio }: Traces): boolean {
  if (code === '5xx' || seconds * 1000 > slowMs) return true;
  return Number.parseInt(traceId.slice(-12), 16) < keptRatio * 2 ** 48;
}

/** The trace of a line as a histogram takes it, if it has one that leads somewhere. */
export function traceOf(
  { traceId, code, seconds }: Omit<TracedRequest, 'traceId'> & { readonly traceId: string | undefined },
  keep: Traces,
  now: () => number,
): { readonly traceId: string; readonly atMs: number } | undefined {
  if (traceId === undefined || !isTraceSampled({ traceId, code, seconds }, keep)) return undefined;
  return { traceId, atMs: now() };
}
