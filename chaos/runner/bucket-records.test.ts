import { expect, it } from 'vitest';
import { makeRecord, T0 } from '../judge/test-records.ts';
import { bucketRecords } from './bucket-records.ts';

const WINDOW = { startMs: T0, endMs: T0 + 200 } as const;

it('requests are counted in the tenth of a second in which they began', () => {
  const records = [
    makeRecord({ durationMs: 10 }),
    makeRecord({ startMs: T0 + 99, durationMs: 400 }),
    makeRecord({ startMs: T0 + 100, ok: false, durationMs: 900 }),
  ];
  expect(bucketRecords(records, WINDOW, 300)).toEqual([
    { t: T0, ok: 1, slow: 1, failed: 0, medianMs: 10, worstMs: 400 },
    { t: T0 + 100, ok: 0, slow: 0, failed: 1 },
  ]);
});

it('requests that are slow on purpose are counted, but their durations are not shown', () => {
  const records = [
    makeRecord({ durationMs: 10 }),
    makeRecord({ kind: 'slow-upload', durationMs: 4_000 }),
    makeRecord({ startMs: T0 + 100, kind: 'long-download', durationMs: 2_000, ok: false }),
  ];
  expect(bucketRecords(records, WINDOW, 300)).toEqual([
    { t: T0, ok: 2, slow: 0, failed: 0, medianMs: 10, worstMs: 10 },
    { t: T0 + 100, ok: 0, slow: 0, failed: 1 },
  ]);
});
