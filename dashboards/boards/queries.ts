import type { Query } from '../board.ts';

/** What every rate of requests may be without. */
export const NOBODY_ASKS = 'nobody asks anything';

/** What error budgets may be without. */
export const NO_BUDGET = 'there were too few requests yet for a budget of one failure';

/** The share of requests that takes longer than half, nine in ten and 99 in a hundred, of buckets that `selector` finds. */
export function quantiles(selector: string): readonly [Query, Query, Query] {
  const one = (quantile: number): Query => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(${selector}[$__rate_interval])))`,
    legend: `p${quantile * 100}`,
    emptyWhen: NOBODY_ASKS,
  });
  return [one(0.5), one(0.9), one(0.99)];
}
