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
if (availability === undefined || latency?.sli.kind !== 'latency') throw new Error('the objectives are others now');

describe.each([DRILL, PRODUCTION])('in the profile $name', (profile) => {
  it('the objectives and their windows are in order', () => {
    expect(checkSlos(SLOS, profile.monitoring)).toEqual([]);
  });

  it('rules are rendered, and everything that they read is exposed', () => {
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

it('the windows of production are those of the workbook', () => {
  const hours = burnPairs(PRODUCTION.monitoring).map(({ longMs, shortMs }) => [longMs / 3_600_000, shortMs / 60_000]);
  expect(hours).toEqual([
    [1, 5],
    [6, 30],
    [24, 120],
    [72, 360],
  ]);
});

describe('an objective is wrong', () => {
  const codes = (slo: Slo, watch = DRILL.monitoring): readonly string[] =>
    checkSlos([slo], watch).map(({ code }) => code);

  it.each<readonly [string, Slo, string]>([
    ['without a share that may fail', { ...availability, objective: 1 }, 'objective'],
    ['in percent', { ...availability, objective: 99.9 }, 'objective'],
    ['without an area', { ...availability, id: 'Availability/' }, 'id'],
  ])('%s', (_what, slo, code) => {
    expect(codes(slo)).toEqual([code]);
  });

  it('when it shares an alert with another one', () => {
    expect(checkSlos([availability, { ...latency, alerts: availability.alerts }], DRILL.monitoring)).toHaveLength(2);
  });

  it('when its windows are too short for what is scraped', () => {
    expect(codes(availability, { ...DRILL.monitoring, budgetPeriodMs: 3_600_000 })).toEqual([
      'window-too-short',
      'window-not-whole',
    ]);
  });

  it('when its threshold is no boundary of a bucket', () => {
    const { sli } = latency;
    const odd = { ...latency, sli: { ...sli, atMostSeconds: 0.25 } } as Slo;
    const rules = sloGroups(makeTopology(), [odd]).flatMap((group) => group.rules);
    const found = checkRules(rules, {}).filter(({ code }) => code === 'unknown-value');
    expect(found.map(({ at }) => at)).toEqual(['slo:errors:rate']);
  });
});
