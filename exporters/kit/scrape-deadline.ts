/** For requests without the header. Prometheus' default timeout is 10 s; this is shorter than any scrape interval of the stack. */
const DEFAULT_MS = 1_500;
/** Time to write the response and transfer it. */
const RESPONSE_MARGIN_MS = 250;
const MIN_MS = 100;
const MAX_MS = 30_000;

/** Deadline of the collectors, from the header `X-Prometheus-Scrape-Timeout-Seconds`. */
export function scrapeDeadlineMs(header: string | readonly string[] | undefined): number {
  const seconds = typeof header === 'string' && header.trim() !== '' ? Number(header) : NaN;
  if (!Number.isFinite(seconds) || seconds <= 0) return DEFAULT_MS;
  return Math.min(MAX_MS, Math.max(MIN_MS, seconds * 1000 - RESPONSE_MARGIN_MS));
}
