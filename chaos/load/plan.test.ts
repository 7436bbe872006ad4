import { expect, test } from 'vitest';
import { chooseProduct, chooseStep, chooseUser } from '../../k6/lib/choice.ts';
import {
  plannedArrivals,
  plannedRateAt,
  planRamp,
  planSeconds,
  planSteady,
  WARM_UP_SECONDS,
} from '../../k6/lib/plan.ts';

const steady = planSteady({ rate: 200, seconds: 60 });

test('the iterations and the reads of own orders add up to the rate', () => {
  const perSecond = (flow: string): number =>
    steady.filter((one) => one.flow === flow).reduce((sum, one) => sum + plannedRateAt(one, WARM_UP_SECONDS), 0);
  expect(perSecond('browse') + perSecond('login') + perSecond('order') * (1 + 1 / 3)).toBeCloseTo(200);
});

test('half of every flow opens new connections', () => {
  for (const flow of ['browse', 'login', 'order']) {
    const [first, second] = steady.filter((one) => one.flow === flow);
    expect([first?.connection, second?.connection].sort()).toEqual(['kept', 'new']);
    expect(first?.stages).toEqual(second?.stages);
  }
});

test('order scenarios have enough users for a ten-second stall without a drop', () => {
  for (const scenario of steady.filter(({ flow }) => flow === 'order')) {
    expect(scenario.users).toBeGreaterThanOrEqual(plannedRateAt(scenario, WARM_UP_SECONDS) * 10);
  }
});

test('steady starts with a tenth of its rate', () => {
  const total = (seconds: number): number => steady.reduce((sum, one) => sum + plannedRateAt(one, seconds), 0);
  expect(total(0)).toBeCloseTo(total(WARM_UP_SECONDS) / 10);
});

test('a ramp rises, stays and falls', () => {
  const [browse] = planRamp({ rate: 100, seconds: 100 });
  if (browse === undefined) throw new Error('the plan is empty');
  expect(planSeconds([browse])).toBe(100);
  expect([0, 30, 60, 75, 90, 100, 200].map((second) => plannedRateAt(browse, second))).toEqual([
    4, 22, 40, 40, 40, 4, 4,
  ]);
  expect(plannedArrivals(browse, 60)).toBeCloseTo((60 * (4 + 40)) / 2);
  expect(plannedArrivals(browse, 1_000)).toBeCloseTo(plannedArrivals(browse, 100));
});

test('the choices of visitors follow the planned distribution, exist in the seed data, and are the same in every run', () => {
  const steps = Array.from({ length: 20_000 }, (_, index) => chooseStep(index));
  const share = (what: string): number => steps.filter((step) => step.what === what).length / steps.length;
  expect(share('home')).toBeCloseTo(0.1, 1);
  expect(share('list')).toBeCloseTo(0.2, 1);
  expect(share('product')).toBeCloseTo(0.55, 1);
  expect(share('static')).toBeCloseTo(0.15, 1);
  const products = Array.from({ length: 20_000 }, (_, index) => chooseProduct(index));
  expect(Math.min(...products)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...products)).toBeLessThanOrEqual(10_000);
  expect(new Set(products).size).toBeGreaterThan(2_000);
  expect(new Set(Array.from({ length: 20_000 }, (_, index) => chooseUser(index))).size).toBe(1_000);
  expect(chooseStep(42)).toEqual(chooseStep(42));
});
