import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeOutage, type OutageOptions } from './outage.ts';
import { FAILED, makeLoad, makeRecord, outageBetween, T0, WINDOW } from './test-records.ts';
import type { RequestRecord } from '../evidence/request-record.ts';
import type { Verdict } from '../../kit/verdict.ts';

const OPTIONS: OutageOptions = { budget: { longestOutageMs: 1_000 }, slowMs: 1_000 };

test('a load without a bad request is held', () => {
  const judgement = judgeOutage(makeLoad(5), WINDOW, OPTIONS);
  expect(judgement).toMatchObject({ verdict: 'held', reasons: [], evidence: [] });
  expect(judgement.measured).toMatchObject({ requests: 2_000, failed: 0, slow: 0, longestOutageMs: 0, blindMs: 5 });
});

test('an outage is measured from its first bad request to the first good one after it', () => {
  const judgement = judgeOutage(makeLoad(5, outageBetween(3_000, 3_400)), WINDOW, OPTIONS);
  expect(judgement.verdict).toBe('held');
  expect(judgement.measured).toMatchObject({ failed: 80, longestOutageMs: 400 });
  expect(judgement.measured.longest).toMatchObject({ atLeastMs: 395, atMostMs: 405, ended: true });
});

test('an outage longer than the budget is violated, with samples of it', () => {
  const judgement = judgeOutage(makeLoad(5, outageBetween(3_000, 4_200)), WINDOW, OPTIONS);
  expect(judgement.verdict).toBe('violated');
  expect(judgement.evidence).toHaveLength(10);
  expect(judgement.reasons[0]).toBe('an outage of at least 1195 ms, limit 1000 ms');
});

test('a good request in between does not end an outage: flapping is one outage', () => {
  const flapping = makeLoad(5, (offset) => (offset >= 3_000 && offset < 5_000 && offset % 500 < 100 ? FAILED : {}));
  const judgement = judgeOutage(flapping, WINDOW, OPTIONS);
  expect(judgement.measured.outages).toHaveLength(1);
  expect(judgement.verdict).toBe('violated');
});

test('outages with the settle time between them are separate', () => {
  const twice = makeLoad(5, (offset) => ({
    ...outageBetween(2_000, 2_600)(offset),
    ...outageBetween(4_000, 4_700)(offset),
  }));
  const { verdict, measured } = judgeOutage(twice, WINDOW, OPTIONS);
  expect(measured.outages.map(({ startMs }) => startMs - T0)).toEqual([2_000, 4_000]);
  expect(measured.longestOutageMs).toBe(700);
  expect(verdict).toBe('held');
});

test('slow requests are an outage too', () => {
  const slow = makeLoad(5, (offset) => (offset >= 3_000 && offset < 4_500 ? { durationMs: 1_001 } : {}));
  expect(judgeOutage(slow, WINDOW, OPTIONS)).toMatchObject({ verdict: 'violated', measured: { failed: 0, slow: 300 } });
});

test('more failures than allowed are violated, independent of the duration of the outage', () => {
  const one = makeLoad(5, outageBetween(3_000, 3_005));
  expect(judgeOutage(one, WINDOW, { ...OPTIONS, budget: { failed: 0 } }).verdict).toBe('violated');
  expect(judgeOutage(one, WINDOW, { ...OPTIONS, budget: { failed: 1 } }).verdict).toBe('held');
});

describe('is unknown:', () => {
  const cases: readonly (readonly [string, readonly RequestRecord[], Partial<OutageOptions>])[] = [
    ['nothing recorded', [], {}],
    ['nothing recorded, and only failures are counted', [], { budget: { failed: 0 } }],
    ['no budget', makeLoad(5), { budget: {} }],
    ['a problem of the load', makeLoad(5), { problems: ['a record cannot be read'] }],
    ['a load with a rate that is too low for the budget', makeLoad(2_000), {}],
    [
      'an outage with a lower bound within the budget and an upper bound above it',
      makeLoad(400, outageBetween(3_200, 4_200)),
      {},
    ],
    ['a gap in the records', makeLoad(5).filter(({ startMs }) => startMs < T0 + 3_000 || startMs > T0 + 4_500), {}],
    ['records that end before the window does', makeLoad(5).filter(({ startMs }) => startMs < T0 + 8_000), {}],
    ['an outage that has not ended', makeLoad(5, outageBetween(9_500, 9_900)), {}],
    ['invalid times', [...makeLoad(5), makeRecord({ startMs: NaN })], {}],
    [
      'a time without requests, with a budget for failures only',
      makeLoad(5).slice(0, 1_000),
      { budget: { failed: 0 } },
    ],
  ];
  test.each(cases)('%s', (_, records, change) => {
    const judgement = judgeOutage(records, WINDOW, { ...OPTIONS, ...change });
    expect(judgement.verdict).toBe('unknown');
    expect(judgement.reasons).not.toEqual([]);
  });
});

test('a problem of the load does not hide a violation', () => {
  const down = makeLoad(5, outageBetween(3_000, 6_000));
  expect(judgeOutage(down, WINDOW, { ...OPTIONS, problems: ['doubtful'] }).verdict).toBe('violated');
});

const RANK: Record<Verdict, number> = { held: 0, unknown: 1, violated: 2 };

const records = fc
  .array(
    fc.record({
      startMs: fc.integer({ min: T0 - 500, max: T0 + 10_500 }),
      durationMs: fc.integer({ min: 0, max: 1_500 }),
      ok: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.boolean()),
      dense: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((list) => [
    ...(list[0]?.dense === true ? makeLoad(20) : []),
    ...list.map(({ startMs, durationMs, ok }) => makeRecord({ startMs, durationMs, ...(ok ? {} : FAILED) })),
  ]);

const budgets = fc.oneof(
  fc.record({ longestOutageMs: fc.integer({ min: 0, max: 3_000 }) }),
  fc.record({ failed: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ longestOutageMs: fc.integer({ min: 0, max: 3_000 }), failed: fc.integer({ min: 0, max: 5 }) }),
);

test('adding a failed request never improves the verdict', () => {
  fc.assert(
    fc.property(records, budgets, fc.integer({ min: T0, max: T0 + 9_999 }), (list, budget, startMs) => {
      const options = { ...OPTIONS, budget };
      const before = judgeOutage(list, WINDOW, options).verdict;
      const after = judgeOutage([...list, makeRecord({ startMs, ...FAILED })], WINDOW, options).verdict;
      expect(RANK[after]).toBeGreaterThanOrEqual(RANK[before]);
    }),
    { numRuns: 500 },
  );
});

test('the order of the records does not matter', () => {
  const shuffled = records.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
  );
  fc.assert(
    fc.property(shuffled, budgets, ([list, other], budget) => {
      const options = { ...OPTIONS, budget };
      expect(judgeOutage(other, WINDOW, options)).toEqual(judgeOutage(list, WINDOW, options));
    }),
  );
});

test('requests that are slow on purpose are bad only when they fail', () => {
  const uploads = makeLoad(1_000, () => ({ kind: 'slow-upload', durationMs: 4_000 }));
  const load = [...makeLoad(5), ...uploads];
  expect(judgeOutage(load, WINDOW, OPTIONS)).toMatchObject({ verdict: 'held', measured: { slow: 0, failed: 0 } });
  const cut = [...load, makeRecord({ startMs: T0 + 3_000, kind: 'long-download', ...FAILED })];
  expect(judgeOutage(cut, WINDOW, { ...OPTIONS, budget: { failed: 0 } }).verdict).toBe('violated');
});
