import { expect, it } from 'vitest';
import { decideQuorumMargin } from './quorum-margin.ts';

it.each([
  [['ONLINE', 'ONLINE', 'ONLINE'], 1],
  [['ONLINE', 'ONLINE', 'RECOVERING'], 1],
  [['ONLINE', 'ONLINE', 'UNREACHABLE'], 0],
  [['ONLINE', 'ONLINE'], 0],
  [['ONLINE', 'UNREACHABLE', 'UNREACHABLE'], -1],
  [['ONLINE', 'ONLINE', 'ONLINE', 'ONLINE', 'ONLINE'], 2],
  [['ONLINE'], 0],
  [['OFFLINE'], -1],
  [['ERROR'], -1],
  [[], -1],
])('%j leaves %i', (states, margin) => {
  expect(decideQuorumMargin(states)).toBe(margin);
});
