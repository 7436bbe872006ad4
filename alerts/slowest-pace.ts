import { SCRAPE_JOBS, type Pace } from '../deploy/scrape-jobs.ts';
import { CATALOG } from '../exporters/catalog/catalog.ts';
import type { Alert } from './alert.ts';

const SLOWEST_FIRST: readonly Pace[] = ['seldom', 'round', 'detail', 'monitor', 'usual'];

/** The pace of the slowest job that exposes what an alert is made from; of those that it names by label, where it does. */
export function slowestPace({ expr, domain }: Pick<Alert, 'expr' | 'domain'>): Pace {
  if (domain === 'monitor') return 'monitor';
  const used = new Set(expr.match(/[a-z_][a-z0-9_:]+/gi));
  const named = [...expr.matchAll(/job="([\w-]+)"/g)].map(([, job = '']) => job);
  const jobs = CATALOG.filter(({ metrics }) => Object.keys(metrics).some((name) => used.has(name))).map(
    ({ job }) => job,
  );
  const paces = SCRAPE_JOBS.filter(({ name }) => (named.length > 0 ? named : jobs).includes(name)).map(
    ({ pace }) => pace,
  );
  return SLOWEST_FIRST.find((pace) => paces.includes(pace)) ?? 'usual';
}
