import { expect, it } from 'vitest';
import type { Panel } from '../board.ts';
import { placePanels } from './grid.ts';

const text = (width: NonNullable<Panel['width']>): Panel => ({ kind: 'text', title: width, markdown: '', width });

it('places panels side by side until a line is full', () => {
  const { places, end } = placePanels([text('half'), text('third'), text('sixth'), text('quarter'), text('full')], 10);
  expect(places.map(({ x, y, w }) => [x, y, w])).toEqual([
    [0, 10, 12],
    [12, 10, 8],
    [20, 10, 4],
    [0, 17, 6],
    [0, 24, 24],
  ]);
  expect(end).toBe(31);
});

it('returns no positions without panels', () => {
  expect(placePanels([], 3)).toEqual({ places: [], end: 3 });
});
