import { expect, it } from 'vitest';
import { scrapeDeadlineMs } from './scrape-deadline.ts';

it.each([
  ['2', 1_750],
  ['10.5', 10_250],
  ['0.2', 100],
  ['9999', 30_000],
  [undefined, 1_500],
  ['', 1_500],
  ['soon', 1_500],
  ['-1', 1_500],
  ['Infinity', 1_500],
])('a scrape timeout of %s s leaves %i ms', (header, expected) => {
  expect(scrapeDeadlineMs(header)).toBe(expected);
});
