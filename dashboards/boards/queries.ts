import type { Query } from '../board.ts';

/** Reason why a request rate may have no data. */
export const NO_TRAFFIC = 'there are no requests';

/** Reason why an error budget may have no data. */
export const NO_BUDGET = 'there have been too few requests for an error budget of one failure';

/** The p50, p90 and p99 of the histogram buckets that match `selector`. */
export function quantiles(selector: string): readonly [Query, Query, Query] {
  const one = (quantile: number): Query => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(${selector}[$__rate_interval])))`,
    legend: `p${quantile * 100}`,
    emptyWhen: NO_TRAFFIC,
  });
  return [one(0.5), one(0.9), one(0.99)];
}
