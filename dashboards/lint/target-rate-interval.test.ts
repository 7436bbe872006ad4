import { expect, it } from 'vitest';
import { findingsOf, withPanel } from './fixture.ts';
import { TARGET_RATE_INTERVAL } from './target-rate-interval.ts';

it.each([
  ['sum(rate(orders_total[5m]))', 1],
  ['sum(increase(orders_total[$__interval]))', 1],
  ['sum(rate(orders_total[1m])) + sum(irate(orders_total[1m]))', 2],
  ['sum(increase(orders_total[$__range]))', 0],
  ['max(max_over_time(http_requests_in_flight[5m]))', 0],
])('of %s finds %i', (expr, count) => {
  expect(findingsOf(TARGET_RATE_INTERVAL, withPanel({ expr, legend: 'all' }))).toHaveLength(count);
});
