import { expect, it } from 'vitest';
import type { Threshold } from '../../alerts/thresholds.ts';
import { thresholdSteps } from './threshold-steps.ts';

const at = (operator: Threshold['operator'], value: number): Threshold => ({ operator, value, of: 'x' });
const colours = (thresholds: readonly Threshold[], isWhole: boolean) =>
  thresholdSteps(thresholds, isWhole).map(({ value, color }) => `${value ?? ''}${color}`);

it.each<{ what: string; given: Threshold[]; isWhole: boolean; expected: string[] }>([
  { what: 'a share above', given: [at('>', 0.02)], isWhole: false, expected: ['green', '0.02red'] },
  { what: 'a count above', given: [at('>', 1)], isWhole: true, expected: ['green', '2red'] },
  { what: 'any rate at all', given: [at('>', 0)], isWhole: false, expected: ['green', '1e-9red'] },
  { what: 'from a count on', given: [at('>=', 3)], isWhole: true, expected: ['green', '3red'] },
  { what: 'too few', given: [at('<', 3)], isWhole: true, expected: ['red', '3green'] },
  { what: 'none', given: [at('==', 0)], isWhole: true, expected: ['red', '1green'] },
  { what: 'nothing at all', given: [at('==', 0)], isWhole: false, expected: ['red', '1e-9green'] },
  { what: 'one', given: [at('==', 1)], isWhole: true, expected: ['green', '1red'] },
  { what: 'the nearer of two', given: [at('>', 9), at('>', 5)], isWhole: false, expected: ['green', '5red'] },
  { what: 'a band', given: [at('<', 1), at('>', 2)], isWhole: true, expected: ['red', '1green', '3red'] },
])('colours $what', ({ given, isWhole, expected }) => {
  expect(colours(given, isWhole)).toEqual(expected);
});
