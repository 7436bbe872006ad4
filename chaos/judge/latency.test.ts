import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeLatency } from './latency.ts';
import { quantile } from './quantile.ts';
import { FAILED, makeLoad, outageBetween, WINDOW } from './test-records.ts';

const OPTIONS = { budget: { quantile: 0.99, maxMs: 300 } } as const;

test('a p99 within the budget is held', () => {
  const load = makeLoad(10, (offset) => ({ durationMs: offset % 1_000 === 0 ? 900 : 20 }));
  expect(judgeLatency(load, WINDOW, OPTIONS)).toMatchObject({
    verdict: 'held',
    measured: { valueMs: 20, p50: 20, p99: 20, max: 900, requests: 1_000, failed: 0 },
  });
});

test('a p99 over the budget is violated, the slowest shown', () => {
  const load = makeLoad(10, (offset) => ({ durationMs: offset < 150 ? 400 + offset : 20 }));
  const judgement = judgeLatency(load, WINDOW, OPTIONS);
  expect(judgement).toMatchObject({ verdict: 'violated', reasons: ['p99 is 440.0 ms, limit 300 ms'] });
  expect(judgement.evidence[0]?.durationMs).toBe(540);
});

test('fast failures count as slow requests', () => {
  const judgement = judgeLatency(makeLoad(10, outageBetween(0, 200)), WINDOW, OPTIONS);
  expect(judgement).toMatchObject({ verdict: 'violated', reasons: ['p99 is a failed request'] });
});

test('only the given kinds are judged', () => {
  const load = makeLoad(10, (offset) => (offset % 20 === 0 ? { kind: 'order', durationMs: 2_000 } : {}));
  expect(judgeLatency(load, WINDOW, { ...OPTIONS, kinds: ['page'] }).verdict).toBe('held');
  expect(judgeLatency(load, WINDOW, { ...OPTIONS, kinds: ['order'] }).verdict).toBe('violated');
  expect(judgeLatency(load, WINDOW, OPTIONS).measured.byKind).toMatchObject({
    order: { p50: 2_000 },
    page: { p50: 5 },
  });
});

test.each([
  ['nothing', []],
  ['fewer requests than the quantile needs', makeLoad(50)],
  ['a slow request among too few', makeLoad(50, () => ({ durationMs: 900 }))],
])('is unknown for %s', (_, load) => {
  expect(judgeLatency(load, WINDOW, OPTIONS).verdict).toBe('unknown');
});

test('a problem of the load makes the verdict unknown', () => {
  expect(judgeLatency(makeLoad(10), WINDOW, { ...OPTIONS, problems: ['doubtful'] }).verdict).toBe('unknown');
});

test('a quantile is the smallest value with enough values at or below it', () => {
  const values = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (list, percent) => {
      const value = quantile(list, percent / 100) ?? NaN;
      const share = (limit: number): number => list.filter((other) => other <= limit).length * 100;
      expect(list).toContain(value);
      expect(share(value)).toBeGreaterThanOrEqual(percent * list.length);
      expect(share(value - 1)).toBeLessThan(percent * list.length);
    }),
  );
  expect(quantile([], 0.5)).toBeUndefined();
});

test('adding a failed request never improves the verdict', () => {
  const rank = { held: 0, unknown: 1, violated: 2 } as const;
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 60 }), fc.nat({ max: 9_999 }), fc.nat({ max: 400 }), (every, at, slow) => {
      const load = makeLoad(every, (offset) => (offset < slow ? { durationMs: 1_000 } : {}));
      const before = judgeLatency(load, WINDOW, OPTIONS).verdict;
      const failed = { ...load[0], startMs: WINDOW.startMs + at, durationMs: 1, ...FAILED };
      const after = judgeLatency([...load, ...makeLoad(10_000, () => failed)], WINDOW, OPTIONS).verdict;
      expect(rank[after]).toBeGreaterThanOrEqual(rank[before]);
    }),
  );
});
