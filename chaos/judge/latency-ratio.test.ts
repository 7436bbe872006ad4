import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../evidence/request-record.ts';
import { judgeLatencyRatio, type LatencyRatioOptions } from './latency-ratio.ts';
import { FAILED, makeLoad, T0 } from './test-records.ts';

const BASELINE = { startMs: T0, endMs: T0 + 5_000 } as const;
const EVENT = { startMs: T0 + 5_000, endMs: T0 + 10_000 } as const;
const OPTIONS: LatencyRatioOptions = {
  budget: { quantile: 0.99, ratio: 2, leastMs: 300 },
  kinds: ['page', 'product'],
  baseline: BASELINE,
};

/** A request every 10 ms: of one duration before the event, and of another one during it. */
function load(beforeMs: number, duringMs: number): readonly RequestRecord[] {
  return makeLoad(10, (offset) => ({ durationMs: offset < 5_000 ? beforeMs : duringMs }));
}

describe('the limit is', () => {
  test.each([
    { what: 'the least one after a fast baseline', beforeMs: 20, duringMs: 300, limitMs: 300, verdict: 'held' },
    { what: 'the least one after a fast baseline', beforeMs: 20, duringMs: 301, limitMs: 300, verdict: 'violated' },
    { what: 'twice a slow baseline', beforeMs: 200, duringMs: 400, limitMs: 400, verdict: 'held' },
    { what: 'twice a slow baseline', beforeMs: 200, duringMs: 401, limitMs: 400, verdict: 'violated' },
  ])('$what: $duringMs ms are $verdict', ({ beforeMs, duringMs, limitMs, verdict }) => {
    const judgement = judgeLatencyRatio(load(beforeMs, duringMs), EVENT, OPTIONS);
    expect(judgement).toMatchObject({ verdict, measured: { valueMs: duringMs, baselineMs: beforeMs, limitMs } });
    expect(judgement.reasons).toHaveLength(verdict === 'held' ? 0 : 1);
  });
});

describe('without a valid baseline', () => {
  const late = (duringMs: number): readonly RequestRecord[] =>
    load(20, duringMs).filter(({ startMs }) => startMs > T0 + 4_000);

  test('a value within the least limit is held', () => {
    expect(judgeLatencyRatio(late(280), EVENT, OPTIONS)).toMatchObject({ verdict: 'held', reasons: [] });
  });

  test('a larger one is unknown', () => {
    const judgement = judgeLatencyRatio(late(320), EVENT, OPTIONS);
    expect(judgement).toMatchObject({
      verdict: 'unknown',
      reasons: ['no baseline: 99 answered requests do not resolve p99: 300 needed'],
    });
    expect(judgement.measured).toEqual({ requests: 500, valueMs: 320 });
  });

  test('too many failed requests are violated, because no baseline would allow them', () => {
    const failing = late(20).map((record) => (record.startMs >= EVENT.startMs ? { ...record, ...FAILED } : record));
    expect(judgeLatencyRatio(failing, EVENT, OPTIONS)).toMatchObject({ verdict: 'violated' });
  });

  test('a baseline whose quantile is a failed request is none', () => {
    const broken = load(20, 320).map((record) => (record.startMs < T0 + 200 ? { ...record, ...FAILED } : record));
    expect(judgeLatencyRatio(broken, EVENT, OPTIONS)).toMatchObject({
      verdict: 'unknown',
      reasons: ['no baseline: p99 is a failed request'],
    });
  });
});

test.each([
  ['a problem of the load', load(20, 20), ['doubtful']],
  ['no request during the event', load(20, 20).filter(({ startMs }) => startMs < EVENT.startMs), []],
  ['too few requests during the event', load(20, 900).filter(({ startMs }) => startMs < EVENT.startMs + 1_000), []],
  ['other kinds only', load(20, 20).map((record) => ({ ...record, kind: 'order' as const })), []],
])('is unknown with %s', (_, records, problems) => {
  const judgement = judgeLatencyRatio(records, EVENT, { ...OPTIONS, problems });
  expect(judgement.verdict).toBe('unknown');
  expect(judgement.reasons).not.toEqual([]);
});
