import { expect, it } from 'vitest';
import { lowerMedian, mean, within } from './window.ts';

it.each([
  [[], undefined],
  [[3], 3],
  [[9, 1], 1],
  [[9, 1, 4], 4],
  [[1e9, 2, 1, 3], 2],
])('the lower median of %j is %s', (values, expected) => {
  expect(lowerMedian(values)).toBe(expected);
});

it('the mean of nothing is undefined', () => {
  expect([mean([]), mean([1, 2, 6])]).toEqual([undefined, 3]);
});

it('a window includes its end, and not its start', () => {
  const items = [1, 2, 3, 4, 5].map((atMs) => ({ atMs }));
  expect(within(items, 1, 4).map(({ atMs }) => atMs)).toEqual([2, 3, 4]);
  expect(within(items, 5, 9)).toEqual([]);
  expect(within([], 0, 9)).toEqual([]);
});
