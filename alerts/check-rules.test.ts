import { expect, it } from 'vitest';
import { makeTopology } from '../deploy/model/topology.ts';
import { gauge } from '../exporters/catalog/metric.ts';
import { checkRules } from './check-rules.ts';
import { makeRuleFiles } from './render-rules.ts';

it('every rule of the topology reads exposed metrics only, and records what the catalogue defines', () => {
  const groups = Object.values(makeRuleFiles(makeTopology())).flat();
  expect(checkRules(groups.flatMap(({ rules }) => rules))).toEqual([]);
});

it('reports all problems of rules at once, with their location', () => {
  const alert = { for: '4s', labels: {}, annotations: {} };
  const problems = checkRules(
    [
      { record: 'shop:healthy', expr: 'vector(1) and on () max(orders_total) > 0' },
      { record: 'pool:waiting:sum', expr: 'sum by (pool) (db_pool_waiting_callers)', labels: { tier: 'web' } },
      { ...alert, alert: 'ShopUnhealthy', expr: 'holdfast:startup_grace{host="a"} == 0' },
      { ...alert, alert: 'NoSuchThing', expr: 'no_such_thing > 0' },
    ],
    {
      'pool:waiting:sum': gauge('seconds', 'Callers.', { labels: { tier: ['app'] } }),
      'shop:unhealthy': gauge('1', 'Not recorded by any rule.'),
    },
  );
  expect(problems.map(({ at, code }) => [at, code])).toEqual([
    ['shop:healthy', 'counter-without-rate'],
    ['ShopUnhealthy', 'unknown-label'],
    ['NoSuchThing', 'unknown-metric'],
    ['shop:healthy', 'unknown-record'],
    ['pool:waiting:sum', 'unit'],
    ['pool:waiting:sum', 'labels'],
    ['pool:waiting:sum', 'unknown-value'],
    ['shop:unhealthy', 'not-recorded'],
  ]);
});
