import { expect, it } from 'vitest';
import type { Threshold } from '../../alerts/thresholds.ts';
import { thresholdSteps } from './threshold-steps.ts';

const at = (operator: Threshold['operator'], value: number): Threshold => ({ operator, value, of: 'x' });
const colours = (thresholds: readonly Threshold[], isInteger: boolean) =>
  thresholdSteps(thresholds, isInteger).map(({ value, color }) => `${value ?? ''}${color}`);

it.each<{ what: string; given: Threshold[]; isInteger: boolean; expected: string[] }>([
  { what: 'a share above', given: [at('>', 0.02)], isInteger: false, expected: ['green', '0.02red'] },
  { what: 'a count above', given: [at('>', 1)], isInteger: true, expected: ['green', '2red'] },
  { what: 'any rate above zero', given: [at('>', 0)], isInteger: false, expected: ['green', '1e-9red'] },
  { what: 'at least a count', given: [at('>=', 3)], isInteger: true, expected: ['green', '3red'] },
  { what: 'too few', given: [at('<', 3)], isInteger: true, expected: ['red', '3green'] },
  { what: 'a count of zero', given: [at('==', 0)], isInteger: true, expected: ['red', '1green'] },
  { what: 'a rate of zero', given: [at('==', 0)], isInteger: false, expected: ['red', '1e-9green'] },
  { what: 'one', given: [at('==', 1)], isInteger: true, expected: ['green', '1red'] },
  { what: 'the lower of two limits', given: [at('>', 9), at('>', 5)], isInteger: false, expected: ['green', '5red'] },
  { what: 'a band', given: [at('<', 1), at('>', 2)], isInteger: true, expected: ['red', '1green', '3red'] },
])('colours $what', ({ given, isInteger, expected }) => {
  expect(colours(given, isInteger)).toEqual(expected);
});
