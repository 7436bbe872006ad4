import type { MonitoringTimings } from '../deploy/model/profile.ts';
import { scrapeClassIntervalMs, SCRAPE_JOBS, type Job, type ScrapeClass } from '../deploy/model/scrape-jobs.ts';
import { CATALOG } from '../exporters/catalog/catalog.ts';
import type { Alert } from './alert.ts';

const SLOWEST_FIRST: readonly ScrapeClass[] = ['slow', 'probe', 'detail', 'self', 'fast'];

/** Scrape class of the slowest job that exposes metrics of an alert; only of the jobs in its `job` matchers, if it has any. */
export function slowestScrapeClass(alert: Pick<Alert, 'expr' | 'domain'>): ScrapeClass {
  if (alert.domain === 'monitor') return 'self';
  const scrapeClasses = jobsOf(alert).map(({ scrapeClass }) => scrapeClass);
  return SLOWEST_FIRST.find((one) => scrapeClasses.includes(one)) ?? 'fast';
}

/** Maximum time in ms from a fault to the end of the scrape that shows it: one interval, and the timeout of the scrape. */
export function maxDetectionMs(alert: Pick<Alert, 'expr' | 'domain'>, timings: MonitoringTimings): number {
  const intervalMs = scrapeClassIntervalMs(timings, slowestScrapeClass(alert));
  const timeoutIsInterval = jobsOf(alert).some((job) => job.timeoutIsInterval === true);
  return intervalMs + (timeoutIsInterval ? intervalMs : timings.scrapeIntervalMs);
}

function jobsOf({ expr }: Pick<Alert, 'expr'>): readonly Job[] {
  const used = new Set(expr.match(/[a-z_][a-z0-9_:]+/gi));
  const named = [...expr.matchAll(/job="([\w-]+)"/g)].map(([, job = '']) => job);
  const exposing = CATALOG.filter(({ metrics }) => Object.keys(metrics).some((name) => used.has(name))).map(
    ({ job }) => job,
  );
  return SCRAPE_JOBS.filter(({ name }) => (named.length > 0 ? named : exposing).includes(name));
}
