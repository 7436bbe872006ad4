import { expect, it } from 'vitest';
import { findingsOf, changePanel } from './fixture.ts';
import { GRID } from './grid.ts';

it.each([
  [{ x: 13, y: 1, w: 12, h: 8 }, 'not inside of the 24 columns'],
  [{ x: 12, y: -1, w: 12, h: 8 }, 'not inside'],
  [{ x: 12, y: 1, w: 0, h: 8 }, 'not inside'],
  [{ x: 11, y: 8, w: 12, h: 8 }, 'lies over Errors'],
  [undefined, 'has no place'],
])('finds a panel at %j', (gridPos, message) => {
  const change = changePanel('Latency', (panel) => Object.assign(panel, { gridPos }));
  expect(findingsOf(GRID, undefined, change)[0]).toContain(message);
});
