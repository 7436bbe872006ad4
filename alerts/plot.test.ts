import { describe, expect, it } from 'vitest';
import { plotsOf, unitOf } from './plot.ts';

describe('what is drawn of an expression', () => {
  it.each([
    ['a value against a number', 'max(up) < 1', [{ query: 'max(up)', threshold: { comparison: '<', value: 1 } }]],
    [
      'what stands inside of a function',
      'label_replace(sum(up) / (sum(up) > 1) > 0.02, "where", "x", "", "")',
      [
        {
          query: 'label_replace(sum(up) / (sum(up) > 1), "where", "x", "", "")',
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
      'what and and unless keep',
      '((up > 5) and on (host) (up > 7)) unless on (host) ALERTS{alertname="A"}',
      [{ query: 'up', threshold: { comparison: '>', value: 5 } }],
    ],
    ['a limit that moves has no line', 'up > on (host) (up offset 5m)', [{ query: 'up' }]],
    ['nothing that is compared', 'absent(up)', []],
  ])('%s', (_what, expr, plots) => {
    expect(plotsOf(expr)).toEqual(plots);
  });

  it('knows the unit', () => {
    expect(unitOf('max by (host) (holdfast_notifier_oldest_queued_age_seconds)')).toBe('seconds');
  });
});
