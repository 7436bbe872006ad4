import { expect, it } from 'vitest';
import { isTraceSampled } from './is-trace-sampled.ts';

const POLICY = { slowMs: 300, keptRatio: 0.02 };
const ORDINARY = `${'0'.repeat(20)}${'f'.repeat(12)}`;
const CHOSEN = `${'f'.repeat(20)}${'0'.repeat(12)}`;

it.each([
  ['failed', { traceId: ORDINARY, code: '5xx', seconds: 0.01 }, true],
  ['was slow', { traceId: ORDINARY, code: '2xx', seconds: 0.301 }, true],
  ['is of the share that is kept', { traceId: CHOSEN, code: '2xx', seconds: 0.01 }, true],
  ['is like most', { traceId: ORDINARY, code: '4xx', seconds: 0.3 }, false],
])('the trace of a request that %s', (_what, request, expected) => {
  expect(isTraceSampled(request, POLICY)).toBe(expected);
});

it('two in a hundred ordinary requests are chosen', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) =>
    Math.floor(((index + 0.5) / 1_000) * 2 ** 48)
      .toString(16)
      .padStart(12, '0')
      .padStart(32, 'a'),
  );
  const chosen = ids.filter((traceId) => isTraceSampled({ traceId, code: '2xx', seconds: 0 }, POLICY));
  expect(chosen).toHaveLength(20);
});
