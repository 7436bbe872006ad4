import { expect, it } from 'vitest';
import { parseSteal } from './read-steal.ts';

it('reads the steal time of all CPUs, in seconds', () => {
  expect(parseSteal('cpu  1020431 20236 360554 946978 8442 0 42640 23778 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n')).toBe(
    237.78,
  );
});

it('is 0 if the steal time is not available', () => {
  expect(parseSteal('')).toBe(0);
  expect(parseSteal('cpu  1 2 3 4\n')).toBe(0);
});
