import { expect, it } from 'vitest';
import { mayOverlap, selectorsIn } from './selectors.ts';

it.each([
  ['up', 'up', true],
  ['up', 'down', false],
  ['up{job="hop"}', 'up', true],
  ['up{job="hop"}', 'up{job="hop",host=~".+"}', true],
  ['up{job="hop"}', 'up{job="journey"}', false],
  ['up{job="hop"}', 'up{job!="hop"}', true],
  ['sum(rate(errors_total{slo="a",pair="6"}[1m]))', 'errors_total{slo="b"}', false],
])('whether %s and %s may select the same series: %s', (one, other, expected) => {
  expect(selectorsIn(one).some((left) => selectorsIn(other).some((right) => mayOverlap(left, right)))).toBe(expected);
});
