import { expect, test } from 'vitest';
import type { RequestRecord } from '../evidence/request-record.ts';
import { makeRecord } from '../judge/test-records.ts';
import { renderLoadTable, reportOf } from './load-table.ts';
import { renderProgress } from './show-progress.ts';

const RECORDS: readonly RequestRecord[] = [
  makeRecord({ durationMs: 10 }),
  makeRecord({ durationMs: 20 }),
  makeRecord({ kind: 'order', durationMs: 1_500, ok: false, status: 503, error: 'status 503' }),
  makeRecord({ kind: 'order', durationMs: 0, ok: false, status: 0, error: 'dropped' }),
];

test('the table shows requests, failures and latencies by kind, dropped requests, and problems', () => {
  const report = reportOf({ records: RECORDS, orders: [], dropped: 1, problems: ['the last record is cut off'] });
  expect(renderLoadTable(report).split('\n')).toEqual([
    'kind   requests  failed  p50 ms  p95 ms  p99 ms  max ms',
    'page          2       0    10.0    20.0    20.0    20.0',
    'order         1       1       -       -       -       -',
    'all           3       1    10.0    20.0    20.0    20.0',
    'dropped requests 1',
    'orders 0: 0 acknowledged, 0 rejected, 0 unknown',
    'failed:',
    '  1 x order by virtual-address: status 503',
    'unknown: the last record is cut off',
  ]);
});

test('progress shows the rate of the last seconds and all failures', () => {
  const now = RECORDS[0]?.startMs ?? 0;
  expect(renderProgress([], now)).toBe('load: preparing');
  expect(renderProgress(RECORDS.slice(0, 3), now + 1_000)).toBe('load: 3 requests, 1/s, 1 failed, p99 20 ms');
  expect(renderProgress(RECORDS.slice(0, 3), now + 60_000)).toBe('load: 3 requests, 0/s, 1 failed, p99 - ms');
});
