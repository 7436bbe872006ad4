import { describe, expect, it } from 'vitest';
import { DRILL } from '../deploy/profile.ts';
import { PREDICTED_FAULTS, predictAlert, predictOutage } from './predict.ts';

describe('a prediction', () => {
  for (const fault of PREDICTED_FAULTS) {
    it(`of ${fault} is an interval with its formula`, () => {
      const { bestMs, worstMs, formula } = predictOutage(fault, DRILL);
      expect(bestMs).toBeLessThanOrEqual(worstMs);
      expect(formula).not.toBe('');
    });
  }

  it('follows the profile: twice the advert interval, about twice the outage', () => {
    const slow = { ...DRILL, vrrpAdvertMs: DRILL.vrrpAdvertMs * 2 };
    const ratio = predictOutage('lb-crash', slow).worstMs / predictOutage('lb-crash', DRILL).worstMs;
    expect(ratio).toBeGreaterThan(1.7);
  });

  it('stays within the budgets of the guarantees, or the profile could not keep them', () => {
    expect(predictOutage('lb-crash', DRILL).worstMs).toBeLessThan(1_000);
    expect(predictOutage('db-primary-crash', DRILL).worstMs).toBeLessThan(9_000);
    expect(predictOutage('cache-slow', DRILL).worstMs).toBeLessThan(300);
    expect(predictAlert(DRILL).worstMs).toBeLessThan(60_000);
  });
});
