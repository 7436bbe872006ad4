import type { Watch } from '../profile.ts';
import { paceMs, SCRAPE_JOBS } from './render-prometheus.ts';

/** The longest time between two scrapes of anything: what is computed over less may see one sample only. */
export function slowestPaceMs(watch: Watch): number {
  return Math.max(...SCRAPE_JOBS.map(({ pace }) => paceMs(watch, pace)));
}
