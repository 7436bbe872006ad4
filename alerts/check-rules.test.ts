import { expect, it } from 'vitest';
import { makeTopology } from '../deploy/model/topology.ts';
import { gauge } from '../exporters/catalog/metric.ts';
import { checkRules } from './check-rules.ts';
import { makeRuleFiles } from './render-rules.ts';

it('every rule of the topology reads what somebody exposes, and records what the catalogue says', () => {
  const groups = Object.values(makeRuleFiles(makeTopology())).flat();
  expect(checkRules(groups.flatMap(({ rules }) => rules))).toEqual([]);
});

it('tells all that is wrong with rules at once, and where', () => {
  const alert = { for: '4s', labels: {}, annotations: {} };
  const problems = checkRules(
    [
      { record: 'shop:well', expr: 'vector(1) and on () max(orders_total) > 0' },
      { record: 'pool:waiting:sum', expr: 'sum by (pool) (db_pool_waiting_callers)', labels: { tier: 'web' } },
      { ...alert, alert: 'ShopIll', expr: 'holdfast:settling{host="a"} == 0' },
      { ...alert, alert: 'NoSuchThing', expr: 'no_such_thing > 0' },
    ],
    {
      'pool:waiting:sum': gauge('seconds', 'Callers.', { labels: { tier: ['app'] } }),
      'shop:ill': gauge('1', 'Nobody records it.'),
    },
  );
  expect(problems.map(({ at, code }) => [at, code])).toEqual([
    ['shop:well', 'counter-without-rate'],
    ['ShopIll', 'unknown-label'],
    ['NoSuchThing', 'unknown-metric'],
    ['shop:well', 'unknown-record'],
    ['pool:waiting:sum', 'unit'],
    ['pool:waiting:sum', 'labels'],
    ['pool:waiting:sum', 'unknown-value'],
    ['shop:ill', 'recorded-by-nobody'],
  ]);
});
