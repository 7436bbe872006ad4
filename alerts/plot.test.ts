import { describe, expect, it } from 'vitest';
import { plotsOf, unitOf } from './plot.ts';

describe('the charts of an expression', () => {
  it.each([
    ['a value against a number', 'max(up) < 1', [{ query: 'max(up)', threshold: { comparison: '<', value: 1 } }]],
    [
      'a comparison inside of a function',
      'label_replace(sum(up) / (sum(up) > 1) > 0.02, "tier", "x", "", "")',
      [
        {
          query: 'label_replace(sum(up) / (sum(up) > 1), "tier", "x", "", "")',
          threshold: { comparison: '>', value: 0.02 },
        },
      ],
    ],
    [
      'each alternative, but not absence',
      '((min by (host) (up) == 0)\nor\n(max by (host) (absent(up{host="a"})))) or (up > -2)',
      [
        { query: 'min by (host) (up)', threshold: { comparison: '==', value: 0 } },
        { query: 'up', threshold: { comparison: '>', value: -2 } },
      ],
    ],
    [
      'the left side of and and unless',
      '((up > 5) and on (host) (up > 7)) unless on (host) ALERTS{alertname="A"}',
      [{ query: 'up', threshold: { comparison: '>', value: 5 } }],
    ],
    ['a variable limit has no threshold line', 'up > on (host) (up offset 5m)', [{ query: 'up' }]],
    ['no comparison', 'absent(up)', []],
  ])('%s', (_what, expr, plots) => {
    expect(plotsOf(expr)).toEqual(plots);
  });

  it('have a unit', () => {
    expect(unitOf('max by (host) (holdfast_notifier_oldest_queued_age_seconds)')).toBe('seconds');
  });
});
