import { expect, it } from 'vitest';
import { DRILL } from '../../../model/profile.ts';
import { decideSampling, type Outcome } from './decide-keep.ts';
import { randomId } from './traceparent.ts';

const policy = { slowMs: 300, keptRatio: 0.02 };
/** One whose id is not among the chosen. */
const ordinary: Outcome = { traceId: 'f'.repeat(32), failed: false, retried: false, durationMs: 5 };

it.each<[string, Partial<Outcome>, string | undefined]>([
  ['an ordinary request', {}, undefined],
  ['a failed one', { failed: true }, 'error'],
  ['a slow one', { durationMs: 301 }, 'slow'],
  ['one that is just not slow', { durationMs: 300 }, undefined],
  ['one that was tried again', { retried: true }, 'retried'],
  ['one that was tried again and failed', { retried: true, failed: true, durationMs: 10_000 }, 'error'],
  ['one that was tried again and slow', { retried: true, durationMs: 10_000 }, 'retried'],
  ['one whose id is chosen', { traceId: `${'f'.repeat(20)}${'0'.repeat(12)}` }, 'sampled'],
])('decides about %s', (_what, outcome, reason) => {
  expect(decideSampling({ ...ordinary, ...outcome }, policy)).toBe(reason);
});

it('keeps about the share that the profile names', () => {
  const { traces } = DRILL;
  const outcomes = Array.from({ length: 20_000 }, () => ({ ...ordinary, traceId: randomId(16) }));
  const kept = outcomes.filter((outcome) => decideSampling(outcome, traces) !== undefined).length;
  expect(kept / outcomes.length).toBeGreaterThan(traces.keptRatio * 0.7);
  expect(kept / outcomes.length).toBeLessThan(traces.keptRatio * 1.3);
});

it.each([
  [0, 0],
  [1, 100],
])('with a ratio of %d it keeps %d of a hundred', (keptRatio, count) => {
  const outcomes = Array.from({ length: 100 }, () => ({ ...ordinary, traceId: randomId(16) }));
  const kept = outcomes.filter((outcome) => decideSampling(outcome, { slowMs: 300, keptRatio }) !== undefined);
  expect(kept).toHaveLength(count);
});
