/** Where Prometheus does not say how long it waits: its own default is 10 s, ours is shorter than any of our scrape intervals. */
const DEFAULT_MS = 1_500;
/** The answer must be written and arrive, too. */
const ON_THE_WAY_MS = 250;
const LEAST_MS = 100;
const MOST_MS = 30_000;

/** How long collectors may take, from the header `X-Prometheus-Scrape-Timeout-Seconds`. */
export function scrapeDeadlineMs(header: string | readonly string[] | undefined): number {
  const seconds = typeof header === 'string' && header.trim() !== '' ? Number(header) : NaN;
  if (!Number.isFinite(seconds) || seconds <= 0) return DEFAULT_MS;
  return Math.min(MOST_MS, Math.max(LEAST_MS, seconds * 1000 - ON_THE_WAY_MS));
}
