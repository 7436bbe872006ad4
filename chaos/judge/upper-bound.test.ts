import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { upperBound } from './upper-bound.ts';

describe('the upper bound', () => {
  // From tables of one-sided 95 % Clopper-Pearson limits.
  test.each([
    [0, 1, 0.95],
    [0, 10, 0.2589],
    [1, 10, 0.3942],
    [2, 10, 0.5069],
    [3, 10, 0.6066],
    [0, 20, 0.1391],
    [1, 20, 0.2161],
    [2, 20, 0.2826],
    [3, 20, 0.3437],
    [0, 59, 0.0495],
    [0, 299, 0.00997],
  ])('of %i of %i is %d', (failed, total, expected) => {
    expect(upperBound(failed, total)).toBeCloseTo(expected, 4);
  });

  // Limits of the Poisson distribution, which the binomial one approaches.
  test.each([
    [0, 3.0],
    [1, 4.74],
    [2, 6.3],
    [3, 7.75],
  ])('of %i failures in many trials is %d divided by their number', (failed, factor) => {
    expect(upperBound(failed, 1_000_000) * 1_000_000).toBeCloseTo(factor, 2);
  });

  test('of no trial, and of trials that all failed, is 1', () => {
    expect([upperBound(0, 0), upperBound(1, 1), upperBound(7, 7)]).toEqual([1, 1, 1]);
  });

  test('of many failures stays finite', () => {
    expect(upperBound(50_000, 100_000)).toBeCloseTo(0.5026, 4);
  });

  test.each([
    [2, 1],
    [-1, 5],
    [0.5, 5],
    [0, NaN],
  ])('refuses %d of %d', (failed, total) => {
    expect(() => upperBound(failed, total)).toThrow(RangeError);
  });

  test('is above the observed share, and grows with failures and shrinks with trials', () => {
    const counts = fc
      .integer({ min: 1, max: 2_000 })
      .chain((total) => fc.tuple(fc.integer({ min: 0, max: total - 1 }), fc.constant(total)));
    fc.assert(
      fc.property(counts, ([failed, total]) => {
        const bound = upperBound(failed, total);
        expect(bound).toBeGreaterThan(failed / total);
        expect(bound).toBeLessThanOrEqual(1);
        expect(upperBound(failed + 1, total)).toBeGreaterThan(bound);
        expect(upperBound(failed, total + 1)).toBeLessThan(bound);
      }),
    );
  });
});
