import { expect, test } from 'vitest';
import { judgeStall, READS, WRITES } from './stall.ts';
import { makeLoad, makeRecord, outageBetween, T0, WINDOW } from './test-records.ts';

const OPTIONS = { budget: { longestMs: 1_500 }, kinds: READS } as const;

test('the longest single request counts', () => {
  const load = [...makeLoad(10), makeRecord({ startMs: T0 + 5_001, durationMs: 1_400 })];
  expect(judgeStall(load, WINDOW, OPTIONS)).toMatchObject({ verdict: 'held', measured: { longestMs: 1_400 } });
});

test('one request over the budget is violated', () => {
  const load = [...makeLoad(10), makeRecord({ startMs: T0 + 5_001, durationMs: 1_501 })];
  expect(judgeStall(load, WINDOW, OPTIONS)).toMatchObject({
    verdict: 'violated',
    evidence: [{ durationMs: 1_501 }, {}, {}, {}, {}, {}, {}, {}, {}, {}],
  });
});

test('writes do not count where reads are judged', () => {
  const load = [...makeLoad(10), makeRecord({ startMs: T0 + 5_001, durationMs: 8_000, kind: 'order' })];
  expect(judgeStall(load, WINDOW, OPTIONS).verdict).toBe('held');
  expect(judgeStall(load, WINDOW, { ...OPTIONS, kinds: WRITES }).verdict).toBe('violated');
});

test.each([
  ['nothing', []],
  ['a request that failed early, whose sender still has no response', makeLoad(10, outageBetween(100, 110))],
])('unknown: %s', (_, load) => {
  expect(judgeStall(load, WINDOW, OPTIONS).verdict).toBe('unknown');
});
