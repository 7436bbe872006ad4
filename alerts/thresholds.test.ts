import { describe, expect, it } from 'vitest';
import { seriesIn } from '../exporters/promql/check-promql.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { makeAlerts } from './alerts.ts';
import { thresholdsOf } from './thresholds.ts';

describe('the thresholds of an alert', () => {
  it.each([
    ['queue > 5', [['>', 5, 'queue']]],
    ['5 > queue', [['<', 5, 'queue']]],
    ['(max(members) or vector(0)) < 3', [['<', 3, 'members']]],
    ['rate(bad_total[1m]) / (rate(all_total[1m]) > 1) > 0.02', [['>', 0.02, 'bad_total all_total']]],
    [
      '(a == 0) or (b >= 1e3)\nunless on (host) c > 7',
      [
        ['==', 0, 'a'],
        ['>=', 1000, 'b'],
      ],
    ],
    ['label_replace(sum(a) > 2, "tier", "x", "", "")', [['>', 2, 'a']]],
    ['a > b', []],
    ['vector(1)', []],
  ])('of %s are %j', (expr, expected) => {
    expect(thresholdsOf(expr).map(({ operator, value, of }) => [operator, value, [...seriesIn(of)].join(' ')])).toEqual(
      expected,
    );
  });

  it.each([
    ['HighErrorRate', ['> 0.05', '> 0.02', '> 0.02']],
    ['DatabaseRedundancyLost', ['< 3']],
    ['WebHostLost', ['== 1']],
    ['Watchdog', []],
  ])('of the alert %s are %j', (name, expected) => {
    const alert = makeAlerts(makeTopology()).find((candidate) => candidate.name === name);
    expect(thresholdsOf(alert?.expr ?? '').map(({ operator, value }) => `${operator} ${value}`)).toEqual(expected);
  });
});
