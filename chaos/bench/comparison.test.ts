import { expect, it } from 'vitest';
import { ratioOf, renderComparisons, type Comparison } from './comparison.ts';
import { judgeFigure } from './figure.ts';

const COMPARISON: Comparison = {
  module: 'nginx',
  target: 'web1',
  ours: { cpuMs: 1.5, series: 9 },
  theirs: { cpuMs: 1, series: 8, memoryBytes: 14 * 2 ** 20 },
};

it('renders both costs side by side', () => {
  expect(renderComparisons([COMPARISON]).split('\n')).toEqual([
    "scraped        CPU ours  Debian's  series ours  Debian's  memory of Debian's",
    'nginx of web1   1.50 ms   1.00 ms            9         8              14 MiB',
  ]);
});

it.each([
  [1.5, 'held'],
  [2.5, 'violated'],
  [NaN, 'unknown'],
])('%d times the CPU time of Debian’s exporter is %s', (cpuMs, verdict) => {
  expect(judgeFigure(ratioOf({ ...COMPARISON, ours: { cpuMs, series: 9 } }))).toBe(verdict);
});

it('is unknown without a measurement of Debian’s exporter', () => {
  const nothing = { cpuMs: 0, series: 0 };
  expect(judgeFigure(ratioOf({ ...COMPARISON, ours: nothing, theirs: { ...nothing, memoryBytes: 0 } }))).toBe(
    'unknown',
  );
});
