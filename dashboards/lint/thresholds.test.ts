import { expect, it } from 'vitest';
import { findingsOf, changePanel, withPanel } from './fixture.ts';
import { THRESHOLDS } from './thresholds.ts';

const lines = (...values: readonly number[]) =>
  changePanel('Errors', ({ fieldConfig }) =>
    Object.assign(fieldConfig?.defaults.thresholds ?? {}, { steps: values.map((value) => ({ color: 'red', value })) }),
  );

it('finds a line at another value than the threshold of the alert, and a missing line', () => {
  for (const change of [lines(0.05), lines()]) {
    expect(findingsOf(THRESHOLDS, undefined, change)).toEqual([
      'holdfast-app/Errors: The threshold lines are not the numbers of the alert HighErrorRate.',
    ]);
  }
  expect(findingsOf(THRESHOLDS, undefined, lines(0.02))).toEqual([]);
});

it('finds a line without an alert', () => {
  const board = withPanel({ expr: 'sum(up)', legend: 'up' });
  const change = changePanel('Another', ({ fieldConfig }) =>
    fieldConfig?.defaults.thresholds?.steps.push({ color: 'red', value: 3 }),
  );
  expect(findingsOf(THRESHOLDS, board, change)).toEqual([expect.stringContaining('no alert that they are of')]);
});

it('finds a line at another value than the limits of the web vital', () => {
  const query = {
    expr: 'histogram_quantile(0.75, sum by (le) (rate(web_vitals_lcp_seconds_bucket[$__rate_interval])))',
    legend: 'p75',
  };
  const board = withPanel(query, { unit: 's', vital: 'lcp' });
  expect(findingsOf(THRESHOLDS, board)).toEqual([]);
  const change = changePanel('Another', ({ fieldConfig }) =>
    Object.assign(fieldConfig?.defaults.thresholds ?? {}, { steps: [{ color: 'red', value: 2.5 }] }),
  );
  expect(findingsOf(THRESHOLDS, board, change)).toEqual([expect.stringContaining('not the borders of lcp')]);
});

it('finds an alert that does not match the values of the panel', () => {
  const board = withPanel({ expr: 'sum(http_requests_in_flight)', legend: 'all' }, { alert: 'CacheNoPrimary' });
  expect(findingsOf(THRESHOLDS, board)).toEqual([expect.stringContaining('compares nothing that this panel shows')]);
});
