import { expect, it } from 'vitest';
import { DRILL } from '../../../model/profile.ts';
import { decideSampling, type Outcome } from './decide-sampling.ts';
import { randomId } from './traceparent.ts';

const policy = { slowMs: 300, sampleRatio: 0.02 };
/** A request whose trace ID is not sampled. */
const ordinary: Outcome = { traceId: 'f'.repeat(32), failed: false, retried: false, durationMs: 5 };

it.each<[string, Partial<Outcome>, string | undefined]>([
  ['an ordinary request', {}, undefined],
  ['a failed request', { failed: true }, 'error'],
  ['a slow request', { durationMs: 301 }, 'slow'],
  ['a request at the limit', { durationMs: 300 }, undefined],
  ['a retried request', { retried: true }, 'retried'],
  ['a retried and failed request', { retried: true, failed: true, durationMs: 10_000 }, 'error'],
  ['a retried and slow request', { retried: true, durationMs: 10_000 }, 'retried'],
  ['a sampled trace ID', { traceId: `${'f'.repeat(20)}${'0'.repeat(12)}` }, 'sampled'],
])('decides about %s', (_what, outcome, reason) => {
  expect(decideSampling({ ...ordinary, ...outcome }, policy)).toBe(reason);
});

it('samples about the ratio of the profile', () => {
  const { traces } = DRILL;
  const outcomes = Array.from({ length: 20_000 }, () => ({ ...ordinary, traceId: randomId(16) }));
  const kept = outcomes.filter((outcome) => decideSampling(outcome, traces) !== undefined).length;
  expect(kept / outcomes.length).toBeGreaterThan(traces.sampleRatio * 0.7);
  expect(kept / outcomes.length).toBeLessThan(traces.sampleRatio * 1.3);
});

it.each([
  [0, 0],
  [1, 100],
])('with a ratio of %d it samples %d of 100', (sampleRatio, count) => {
  const outcomes = Array.from({ length: 100 }, () => ({ ...ordinary, traceId: randomId(16) }));
  const kept = outcomes.filter((outcome) => decideSampling(outcome, { slowMs: 300, sampleRatio }) !== undefined);
  expect(kept).toHaveLength(count);
});
