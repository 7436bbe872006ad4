import { describe, expect, it } from 'vitest';
import { ALERTS, type AlertName } from '../alerts/names.ts';
import { DRILL } from '../deploy/model/profile.ts';
import { makeTopology } from '../deploy/model/topology.ts';
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

  it('stays within the budgets of the guarantees', () => {
    expect(predictOutage('lb-crash', DRILL).worstMs).toBeLessThan(1_000);
    expect(predictOutage('db-primary-crash', DRILL).worstMs).toBeLessThan(9_000);
    expect(predictOutage('cache-slow', DRILL).worstMs).toBeLessThan(300);
    const mailed = ['LoadBalancerLost', 'AppHostLost', 'DatabaseNodeLost', 'DatabaseRedundancyLost'] as const;
    expect(predictAlert(makeTopology(), mailed).worstMs).toBeLessThan(60_000);
  });

  it('of several alerts is that of the one with the slowest scrape interval', () => {
    const of = (...names: readonly AlertName[]): number => predictAlert(makeTopology(), names).worstMs;
    expect(of('EdgeLost')).toBeGreaterThan(of('LoadBalancerLost'));
    expect(of('LoadBalancerLost', 'EdgeLost')).toBe(of('EdgeLost'));
    expect(of()).toBe(0);
    for (const name of Object.keys(ALERTS) as readonly AlertName[]) expect(of(name), name).toBeGreaterThan(0);
  });
});
