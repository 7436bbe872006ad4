import type { Traces } from '../../deploy/model/profile.ts';

/** Fields of an access-log line that decide on sampling. */
interface TracedRequest {
  readonly traceId: string;
  readonly code: string;
  readonly seconds: number;
}

/**
 * Whether the trace of a request is sampled, and so can be found in Zipkin: an exemplar that cannot be resolved is worse than none. The
 * application decides at the end of a request, by data that its access-log line contains too. It samples failed and slow requests, and of the
 * others a share by the last 48 bits of the trace ID. The application's own rule is `deploy/tiers/app/telemetry/decide-sampling.ts`;
 * agents/exporter/sampled-traces.test.ts compares both.
 */
export function isTraceSampled({ traceId, code, seconds }: TracedRequest, { slowMs, sampleRatio }: Traces): boolean {
  if (code === '5xx' || seconds * 1000 > slowMs) return true;
  return Number.parseInt(traceId.slice(-12), 16) < sampleRatio * 2 ** 48;
}

/** The trace of a line for a histogram's exemplar; undefined if it has none or it is not sampled. */
export function traceOf(
  { traceId, code, seconds }: Omit<TracedRequest, 'traceId'> & { readonly traceId: string | undefined },
  sampling: Traces,
  now: () => number,
): { readonly traceId: string; readonly atMs: number } | undefined {
  if (traceId === undefined || !isTraceSampled({ traceId, code, seconds }, sampling)) return undefined;
  return { traceId, atMs: now() };
}
