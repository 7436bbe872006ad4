import { expect, it } from 'vitest';
import { mayMeanTheSame, selectorsIn } from './selectors.ts';

it.each([
  ['up', 'up', true],
  ['up', 'down', false],
  ['up{job="hop"}', 'up', true],
  ['up{job="hop"}', 'up{job="hop",host=~".+"}', true],
  ['up{job="hop"}', 'up{job="journey"}', false],
  ['up{job="hop"}', 'up{job!="hop"}', true],
  ['sum(rate(errors_total{slo="a",pair="6"}[1m]))', 'errors_total{slo="b"}', false],
])('that %s and %s may find the same series is %s', (one, other, expected) => {
  expect(selectorsIn(one).some((left) => selectorsIn(other).some((right) => mayMeanTheSame(left, right)))).toBe(
    expected,
  );
});
