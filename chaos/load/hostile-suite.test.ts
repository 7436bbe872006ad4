import { expect, it } from 'vitest';
import { judge } from './hostile-suite.ts';

const GOOD = { requests: 1_000, failed: 0, p50: 5, p95: 20, p99: 40, max: 90 };
const FAIR = { tookEffect: true, wanted: 1_000 };

it('is held when honest clients are not affected', () => {
  expect(judge({ ...GOOD, failed: 10 }, GOOD, FAIR)).toEqual({ verdict: 'held', reasons: [] });
});

it.each([
  ['more than one in a hundred requests fails', [{ ...GOOD, failed: 11 }, GOOD], '11 of 1000 failed'],
  ['the p99 exceeds its limit', [{ ...GOOD, p99: 1_001 }, GOOD], 'p99 is 1001 ms'],
  ['a request fails after the attack', [GOOD, { ...GOOD, failed: 1 }], '1 failed 10 s after its end'],
  ['the p99 exceeds its limit after the attack', [GOOD, { ...GOOD, p99: 5_000 }], 'p99 is 5000 ms afterwards'],
] as const)('is violated when %s, with or without a proven effect', (_what, [during, afterwards], reason) => {
  for (const tookEffect of [true, false])
    expect(judge(during, afterwards, { ...FAIR, tookEffect })).toMatchObject({
      verdict: 'violated',
      reasons: [reason, ...(tookEffect ? [] : ['the attack had no proven effect'])],
    });
});

it('is unknown without a proven effect or without honest requests', () => {
  expect(judge(GOOD, GOOD, { ...FAIR, tookEffect: false }).verdict).toBe('unknown');
  expect(judge({ requests: 0, failed: 0 }, GOOD, FAIR).verdict).toBe('unknown');
});

it('is unknown when the load generator fell behind, which is also a reason in a violation', () => {
  const slow = { ...GOOD, requests: 790 };
  const reason = 'the load generator fell behind: 790 of 1000 requests during the attack';
  expect(judge(slow, GOOD, FAIR)).toEqual({ verdict: 'unknown', reasons: [reason] });
  expect(judge({ ...slow, p99: 3_668 }, GOOD, FAIR)).toEqual({
    verdict: 'violated',
    reasons: ['p99 is 3668 ms', reason],
  });
});
