import { describe, expect, it } from 'vitest';
import { DRILL, PRODUCTION, type Profile } from '../deploy/model/profile.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { findAll, parsePromql } from '../exporters/promql/syntax.ts';
import { parsePromDuration } from '../kit/prom-duration.ts';
import { checkTiming } from './check-timing.ts';
import { makeRuleFiles } from './render-rules.ts';
import type { Rule } from './rule.ts';

it.each([DRILL, PRODUCTION])('no rule has a too short window in the profile $name', (profile) => {
  const groups = Object.values(makeRuleFiles(makeTopology({ profile }))).flat();
  expect(checkTiming(groups, profile.monitoring)).toEqual([]);
});

/** Multiplies all durations of a profile. */
function stretched(value: object, times: number): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => {
      if (typeof one === 'object' && one !== null) return [key, stretched(one, times)];
      return [key, typeof one === 'number' && key.endsWith('Ms') ? one * times : one];
    }),
  );
}

/** Windows and `for:` durations of each rule, by its name. */
function timesOf(profile: Profile): ReadonlyMap<string, readonly number[]> {
  const groups = Object.values(makeRuleFiles(makeTopology({ profile }))).flat();
  const rules = groups.flatMap((group) => group.rules);
  return new Map(
    rules.map((rule, index) => {
      const windows = findAll(parsePromql(rule.expr), 'NumberDurationLiteralInDurationContext');
      const times = [...windows.map(({ text }) => text), ...('for' in rule ? [rule.for] : [])];
      return [`${index} ${'record' in rule ? rule.record : rule.alert}`, times.map(parsePromDuration)];
    }),
  );
}

it('all durations in rules derive from the profile', () => {
  const doubled = timesOf(stretched(DRILL, 2) as Profile);
  for (const [rule, times] of timesOf(DRILL)) expect(doubled.get(rule), rule).toEqual(times.map((ms) => 2 * ms));
});

describe('in the drill profile', () => {
  const codes = (rule: Rule): readonly string[] =>
    checkTiming([{ name: 'one', interval: '2s', rules: [rule] }], DRILL.monitoring).map(({ code }) => code);
  const alert = { alert: 'Some', for: '4s', labels: {}, annotations: {} };

  it.each<readonly [string, Rule, readonly string[]]>([
    ['two scrapes of 2 s', { record: 'a', expr: 'sum(rate(orders_total[4s]))' }, []],
    ['one scrape of 2 s', { record: 'a', expr: 'sum(rate(orders_total[3s]))' }, ['window-too-short']],
    ['one scrape of 5 s', { record: 'a', expr: 'rate(mysql_global_status_questions[9s])' }, ['window-too-short']],
    [
      'the slowest job that exposes it',
      { record: 'a', expr: 'max(rate(process_cpu_seconds_total[7s]))' },
      ['window-too-short'],
    ],
    [
      'nine scrapes of a metric that is measured every 45 s',
      { record: 'a', expr: 'rate(host_cpu_run_delay_seconds_total[81s])' },
      ['window-too-short'],
    ],
    ['the selected job', { record: 'a', expr: 'max(rate(process_cpu_seconds_total{job="app"}[7s]))' }, []],
    ['two evaluations of a recorded series', { record: 'a', expr: 'max_over_time(a[4s])' }, []],
    ['one evaluation of a recorded series', { record: 'a', expr: 'max_over_time(a[3s])' }, ['window-too-short']],
    ['an alert of one evaluation', { ...alert, for: '2s', expr: 'up == 0' }, ['for']],
    ['an alert of two evaluations', { ...alert, expr: 'absent(up{job="app"})' }, []],
    ['an alert that is always true', { ...alert, for: '0s', expr: 'vector(1) and on () up' }, []],
  ])('%s', (_what, rule, expected) => {
    expect(codes(rule)).toEqual(expected);
  });
});
