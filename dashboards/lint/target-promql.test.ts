import { expect, it } from 'vitest';
import { findingsOf, withPanel } from './fixture.ts';
import { TARGET_PROMQL } from './target-promql.ts';

it.each([
  ['sum(', 'not PromQL'],
  ['sum(no_such_metric)', 'no_such_metric is in no catalogue'],
  ['sum by (colour) (up)', 'no label colour'],
  ['sum(cache_circuit_state{state="ajar"})', 'never has state'],
  ['sum(orders_total)', 'counter'],
  ['sum(rate(http_requests_in_flight[$__rate_interval]))', 'this is a gauge'],
  ['sum(up{host=~"$hosts"})', 'no variable $hosts'],
  ['sum(up{host=~"${server:regex}"})', 'no variable ${server'],
])('finds %s', (expr, message) => {
  expect(findingsOf(TARGET_PROMQL, withPanel({ expr, legend: 'all' }))[0]).toContain(message);
});
