import type { MonitoringTimings } from '../deploy/model/profile.ts';
import { paceMs, SCRAPE_JOBS, type Job, type ScrapeClass } from '../deploy/model/scrape-jobs.ts';
import { CATALOG } from '../exporters/catalog/catalog.ts';
import type { Alert } from './alert.ts';

const SLOWEST_FIRST: readonly ScrapeClass[] = ['seldom', 'round', 'detail', 'monitor', 'usual'];

/** The pace of the slowest job that exposes what an alert is made from; of those that it names by label, where it does. */
export function slowestPace(alert: Pick<Alert, 'expr' | 'domain'>): ScrapeClass {
  if (alert.domain === 'monitor') return 'monitor';
  const paces = jobsOf(alert).map(({ pace }) => pace);
  return SLOWEST_FIRST.find((pace) => paces.includes(pace)) ?? 'usual';
}

/** From a fault to the failed look that shows it, at worst, in ms: until the next look, and what that may take. */
export function slowestLookMs(alert: Pick<Alert, 'expr' | 'domain'>, watch: MonitoringTimings): number {
  const intervalMs = paceMs(watch, slowestPace(alert));
  const timeoutIsInterval = jobsOf(alert).some((job) => job.timeoutIsInterval === true);
  return intervalMs + (timeoutIsInterval ? intervalMs : watch.scrapeIntervalMs);
}

function jobsOf({ expr }: Pick<Alert, 'expr'>): readonly Job[] {
  const used = new Set(expr.match(/[a-z_][a-z0-9_:]+/gi));
  const named = [...expr.matchAll(/job="([\w-]+)"/g)].map(([, job = '']) => job);
  const exposing = CATALOG.filter(({ metrics }) => Object.keys(metrics).some((name) => used.has(name))).map(
    ({ job }) => job,
  );
  return SCRAPE_JOBS.filter(({ name }) => (named.length > 0 ? named : exposing).includes(name));
}
