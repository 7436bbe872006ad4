import { expect, it } from 'vitest';
import { findUnused } from './find-unused.ts';
import { gauge, histogram } from './metric.ts';

it('lists unused metrics of sources with complete coverage', () => {
  const metrics = {
    wait_seconds: histogram('seconds', 'A wait.'),
    depth: gauge('1', 'A depth.'),
    size: gauge('1', 'A size.'),
  };
  const catalog = [
    { job: 'shop', coverage: 'complete', metrics },
    { job: 'other', coverage: 'partial', metrics },
  ] as const;
  const expressions = ['histogram_quantile(0.9, sum by (le) (rate(wait_seconds_bucket[1m])))', 'max(depth) > 1'];
  expect(findUnused(expressions, catalog)).toEqual([{ job: 'shop', names: ['size'] }]);
});
