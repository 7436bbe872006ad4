import { describe, expect, it } from 'vitest';
import { DRILL, PRODUCTION } from '../../deploy/model/profile.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { checkRules } from '../check-rules.ts';
import { renderAlertFiles } from '../generated.ts';
import { burnPairs } from './burn-windows.ts';
import { checkSlos } from './check-slos.ts';
import type { Slo } from './slo.ts';
import { sloGroups } from './slo-rules.ts';
import { SLOS } from './slos.ts';

const [availability, latency] = SLOS;
if (availability === undefined || latency?.sli.kind !== 'latency')
  throw new Error('The order of SLOS has changed; adapt this test');

describe.each([DRILL, PRODUCTION])('in the profile $name', (profile) => {
  it('the SLOs and their windows have no problems', () => {
    expect(checkSlos(SLOS, profile.monitoring)).toEqual([]);
  });

  it('the rules are rendered and read exposed metrics only', () => {
    expect([...renderAlertFiles(makeTopology({ profile })).keys()]).toContain('alerts/generated/slo.yaml');
  });

  it('the pairs of windows stand for 2, 5, 10 and 10 % of the budget, and the short one is a twelfth', () => {
    const pairs = burnPairs(profile.monitoring);
    expect(
      pairs.map(({ factor, longMs }) => Math.round((100 * factor * longMs) / profile.monitoring.budgetPeriodMs)),
    ).toEqual([2, 5, 10, 10]);
    for (const { longMs, shortMs } of pairs) expect(longMs / shortMs).toBe(12);
  });
});

it('the windows of the production profile are those of the SRE workbook', () => {
  const hours = burnPairs(PRODUCTION.monitoring).map(({ longMs, shortMs }) => [longMs / 3_600_000, shortMs / 60_000]);
  expect(hours).toEqual([
    [1, 5],
    [6, 30],
    [24, 120],
    [72, 360],
  ]);
});

describe('an SLO has a problem', () => {
  const codes = (slo: Slo, timings = DRILL.monitoring): readonly string[] =>
    checkSlos([slo], timings).map(({ code }) => code);

  it.each<readonly [string, Slo, string]>([
    ['without an error budget', { ...availability, objective: 1 }, 'objective'],
    ['in percent', { ...availability, objective: 99.9 }, 'objective'],
    ['without an area', { ...availability, id: 'Availability/' }, 'id'],
  ])('%s', (_what, slo, code) => {
    expect(codes(slo)).toEqual([code]);
  });

  it('when it shares an alert with another SLO', () => {
    expect(checkSlos([availability, { ...latency, alerts: availability.alerts }], DRILL.monitoring)).toHaveLength(2);
  });

  it('when its windows are too short for the scrape interval', () => {
    expect(codes(availability, { ...DRILL.monitoring, budgetPeriodMs: 3_600_000 })).toEqual([
      'window-too-short',
      'window-not-whole',
    ]);
  });

  it('when its threshold is not a bucket boundary', () => {
    const { sli } = latency;
    const invalid = { ...latency, sli: { ...sli, atMostSeconds: 0.25 } } as Slo;
    const rules = sloGroups(makeTopology(), [invalid]).flatMap((group) => group.rules);
    const found = checkRules(rules, {}).filter(({ code }) => code === 'unknown-value');
    expect(found.map(({ at }) => at)).toEqual(['slo:errors:rate']);
  });
});
