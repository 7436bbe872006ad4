import { expect, it } from 'vitest';
import { makeTopology } from '../deploy/topology.ts';
import { checkRules } from './check-rules.ts';
import { makeRules } from './render-rules.ts';

it('every rule of the topology reads what somebody exposes', () => {
  expect(checkRules(makeRules(makeTopology()))).toEqual([]);
});

it('tells all that is wrong with rules at once, and where', () => {
  const alert = { for: '4s', labels: {}, annotations: {} };
  const problems = checkRules([
    { record: 'shop:well', expr: 'vector(1) and on () max(orders_total) > 0' },
    { ...alert, alert: 'ShopIll', expr: 'shop:well == 0' },
    { ...alert, alert: 'NoSuchThing', expr: 'no_such_thing > 0' },
  ]);
  expect(problems.map(({ at, code }) => [at, code])).toEqual([
    ['shop:well', 'counter-without-rate'],
    ['NoSuchThing', 'unknown-metric'],
  ]);
});
