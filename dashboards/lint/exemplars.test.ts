import { expect, it } from 'vitest';
import { EXEMPLARS } from './exemplars.ts';
import { findingsOf, changePanel } from './fixture.ts';

it('finds bucket queries without exemplars, and exemplars of other queries', () => {
  const off = changePanel('Latency', ({ targets = [] }) => Object.assign(targets[0] ?? {}, { exemplar: false }));
  const on = changePanel('Errors', ({ targets = [] }) => Object.assign(targets[0] ?? {}, { exemplar: true }));
  expect(findingsOf(EXEMPLARS, undefined, off)).toEqual([expect.stringContaining('holdfast-app/Latency')]);
  expect(findingsOf(EXEMPLARS, undefined, on)).toEqual([expect.stringContaining('holdfast-app/Errors')]);
});
