import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('allows a burst, then the rate', () => {
  let nowMs = 0;
  const budget = new TokenBucket({ burst: 5, perSecond: 10, now: () => nowMs });
  const take = (times: number): number => Array.from({ length: times }, () => budget.take()).filter(Boolean).length;
  expect(take(20)).toBe(5);
  nowMs += 1_000;
  expect(take(20)).toBe(5);
  nowMs += 300;
  expect(take(20)).toBe(3);
});
