import { expect, it } from 'vitest';
import { VITAL_NAMES, VITALS } from './web-vitals.ts';

it.each(VITAL_NAMES)('the buckets of %s separate good, needs-improvement and poor values', (name) => {
  const { good, poor, buckets, max } = VITALS[name];
  expect(buckets).toEqual(expect.arrayContaining([good, poor]));
  expect(buckets).toEqual(buckets.toSorted((one, other) => one - other));
  expect(good).toBeLessThan(poor);
  expect(max).toBeGreaterThan(Math.max(...buckets));
});
