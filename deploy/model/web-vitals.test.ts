import { expect, it } from 'vitest';
import { VITAL_NAMES, VITALS } from './web-vitals.ts';

it.each(VITAL_NAMES)('the buckets of %s tell good, middling and poor apart', (name) => {
  const { good, poor, buckets, most } = VITALS[name];
  expect(buckets).toEqual(expect.arrayContaining([good, poor]));
  expect(buckets).toEqual(buckets.toSorted((one, other) => one - other));
  expect(good).toBeLessThan(poor);
  expect(most).toBeGreaterThan(Math.max(...buckets));
});
