import { expect, test } from 'vitest';
import { parseK6Summary } from './k6-summary.ts';

/** Shortened from the data that k6 2.2.0 passes to `handleSummary`. */
const SAMPLE = {
  root_group: { path: '', id: 'd41d8cd98f00b204e9800998ecf8427e', groups: [], checks: [], name: '' },
  options: { summaryTrendStats: ['avg'], summaryTimeUnit: '', noColor: true },
  state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: 64.169429 },
  metrics: {
    http_reqs: { type: 'counter', contains: 'default', values: { count: 20, rate: 311.67 } },
    http_req_duration: { type: 'trend', contains: 'time', values: { avg: 2.44, 'p(95)': 5.2 } },
    holdfast_records: { type: 'counter', contains: 'default', values: { count: 4635, rate: 229.5 } },
    dropped_iterations: { type: 'counter', contains: 'default', values: { count: 8, rate: 0.4 } },
    'dropped_iterations{scenario:order-kept}': {
      type: 'counter',
      contains: 'default',
      values: { count: 8, rate: 0.4 },
      thresholds: { 'count>=0': { ok: true } },
    },
    'dropped_iterations{scenario:order-new}': { type: 'counter', contains: 'default', values: { count: 0, rate: 0 } },
  },
};

test('reads the written records and the dropped iterations of a real summary', () => {
  const { written, dropped } = parseK6Summary(JSON.stringify(SAMPLE));
  expect(written).toBe(4_635);
  expect([...dropped]).toEqual([
    ['order-kept', 8],
    ['order-new', 0],
  ]);
});

test.each([
  ['cut off', JSON.stringify(SAMPLE).slice(0, 300)],
  ['without the count of records', JSON.stringify({ ...SAMPLE, metrics: {} })],
  ['of another shape', '{"version":"1.0.0","results":{"metrics":[]}}'],
])('rejects a summary that is %s', (_, text) => {
  expect(() => parseK6Summary(text)).toThrow(expect.objectContaining({ code: 'unreadable-record' }));
});
