import { expect, it } from 'vitest';
import { EXEMPLARS } from './exemplars.ts';
import { findingsOf, spoil } from './fixture.ts';

it('finds buckets without exemplars, and exemplars where there are none', () => {
  const off = spoil('Latency', ({ targets = [] }) => Object.assign(targets[0] ?? {}, { exemplar: false }));
  const on = spoil('Errors', ({ targets = [] }) => Object.assign(targets[0] ?? {}, { exemplar: true }));
  expect(findingsOf(EXEMPLARS, undefined, off)).toEqual([expect.stringContaining('holdfast-app/Latency')]);
  expect(findingsOf(EXEMPLARS, undefined, on)).toEqual([expect.stringContaining('holdfast-app/Errors')]);
});
