import { expect, it } from 'vitest';
import type { Threshold } from '../../alerts/thresholds.ts';
import { thresholdSteps } from './threshold-steps.ts';

const at = (operator: Threshold['operator'], value: number): Threshold => ({ operator, value, series: new Set() });
const colours = (thresholds: readonly Threshold[], isWhole: boolean) =>
  thresholdSteps(thresholds, isWhole).map(({ value, color }) => `${value ?? ''}${color}`);

it.each([
  ['a share above', [at('>', 0.02)], false, ['green', '0.02red']],
  ['a count above', [at('>', 1)], true, ['green', '2red']],
  ['any rate at all', [at('>', 0)], false, ['green', '1e-9red']],
  ['from a count on', [at('>=', 3)], true, ['green', '3red']],
  ['too few', [at('<', 3)], true, ['red', '3green']],
  ['none', [at('==', 0)], true, ['red', '1green']],
  ['one', [at('==', 1)], true, ['green', '1red']],
  ['the nearer of two', [at('>', 9), at('>', 5)], false, ['green', '5red']],
  ['a band', [at('<', 1), at('>', 2)], true, ['red', '1green', '3red']],
] as const)('colours %s', (_what, thresholds, isWhole, expected) => {
  expect(colours(thresholds, isWhole)).toEqual(expected);
});
