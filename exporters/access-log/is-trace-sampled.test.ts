import { expect, it } from 'vitest';
import { isTraceSampled } from './is-trace-sampled.ts';

const POLICY = { slowMs: 300, sampleRatio: 0.02 };
const ORDINARY = `${'0'.repeat(20)}${'f'.repeat(12)}`;
const IN_SHARE = `${'f'.repeat(20)}${'0'.repeat(12)}`;

it.each([
  ['failed', { traceId: ORDINARY, code: '5xx', seconds: 0.01 }, true],
  ['was slow', { traceId: ORDINARY, code: '2xx', seconds: 0.301 }, true],
  ['is in the sampled share', { traceId: IN_SHARE, code: '2xx', seconds: 0.01 }, true],
  ['is ordinary', { traceId: ORDINARY, code: '4xx', seconds: 0.3 }, false],
])('decides on the trace of a request that %s', (_what, request, expected) => {
  expect(isTraceSampled(request, POLICY)).toBe(expected);
});

it('samples 2 % of ordinary requests', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) =>
    Math.floor(((index + 0.5) / 1_000) * 2 ** 48)
      .toString(16)
      .padStart(12, '0')
      .padStart(32, 'a'),
  );
  const sampled = ids.filter((traceId) => isTraceSampled({ traceId, code: '2xx', seconds: 0 }, POLICY));
  expect(sampled).toHaveLength(20);
});
