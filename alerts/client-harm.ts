/** Requests in a window, as the stack measured them. */
export interface RequestCounts {
  readonly requests: number;
  readonly failed: number;
}

/** Requests that the applications answered in a window. */
export interface ResponseCounts {
  readonly responses: number;
  /** Those that took longer than {@link SLOW_SECONDS}. */
  readonly slow: number;
}

/** A user notices such a wait. A planned switch of the database, which only writes notice, takes less. */
export const SLOW_SECONDS = 1;

/** Failed or slow requests up to this multiple of their usual share are not attributed to the change. */
const USUAL_FACTOR = 2;
/**
 * Fewer slow responses, or a smaller share of them, may be chance: on a small shared machine, everything stalls for a second now and then. The share is that
 * of a stall of 1.5 s in 30 s.
 */
const LEAST_SLOW = { responses: 5, share: 0.05 } as const;

/** A site that always fails a few requests can be maintained. */
const LEAST_FAILED = { requests: 5, share: 0.05 } as const;

/** What clients notice of a change: failed requests since it began. An empty text if these are not more than usual. Pure. */
export function describeFailures(usual: RequestCounts | undefined, since: RequestCounts): string {
  const usualShare = usual === undefined ? 0 : shareOf(usual.failed, usual.requests);
  if (shareOf(since.failed, since.requests) <= USUAL_FACTOR * usualShare) return '';
  return `${since.failed} of about ${since.requests} requests failed since the change began`;
}

/** The same for failures of the last seconds, also if they began before the change: it would make an outage worse. Pure. */
export function describeOutage(recent: RequestCounts): string {
  const isOutage =
    recent.failed >= LEAST_FAILED.requests && shareOf(recent.failed, recent.requests) >= LEAST_FAILED.share;
  return isOutage ? `${recent.failed} of about ${recent.requests} requests of the last seconds failed` : '';
}

/** The same for slow responses of the last seconds. Pure. */
export function describeSlowness(usual: ResponseCounts | undefined, recent: ResponseCounts): string {
  const usualShare = usual === undefined ? 0 : shareOf(usual.slow, usual.responses);
  const share = shareOf(recent.slow, recent.responses);
  if (recent.slow < LEAST_SLOW.responses || share < LEAST_SLOW.share || share <= USUAL_FACTOR * usualShare) return '';
  return `${recent.slow} of about ${recent.responses} requests of the last seconds took longer than ${SLOW_SECONDS} s`;
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
