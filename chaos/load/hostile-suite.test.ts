import { expect, it } from 'vitest';
import { judge } from './hostile-suite.ts';

const GOOD = { requests: 1_000, failed: 0, p50: 5, p95: 20, p99: 40, max: 90 };

it('honest clients who notice nothing: held', () => {
  expect(judge({ ...GOOD, failed: 10 }, GOOD, true)).toEqual({ verdict: 'held', reasons: [] });
});

it.each([
  ['more than one in a hundred fails', [{ ...GOOD, failed: 11 }, GOOD], '11 of 1000 failed'],
  ['they wait', [{ ...GOOD, p99: 1_001 }, GOOD], 'p99 is 1001 ms'],
  ['one fails after the attack', [GOOD, { ...GOOD, failed: 1 }], '1 failed 10 s after its end'],
  ['they wait after the attack', [GOOD, { ...GOOD, p99: 5_000 }], 'p99 is 5000 ms afterwards'],
] as const)('%s: violated, whatever the attack did', (_what, [during, afterwards], reason) => {
  for (const tookEffect of [true, false])
    expect(judge(during, afterwards, tookEffect)).toEqual({ verdict: 'violated', reasons: [reason] });
});

it('an attack that was none, or that nobody was beside, shows nothing', () => {
  expect(judge(GOOD, GOOD, false).verdict).toBe('unknown');
  expect(judge({ requests: 0, failed: 0 }, GOOD, true).verdict).toBe('unknown');
});
