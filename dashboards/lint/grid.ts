import type { GridPos } from '@grafana/schema';
import { COLUMNS } from '../render/grid.ts';
import type { Rule } from './rule.ts';

/** Panels have a place inside of the grid, and none lies over another. */
export const GRID: Rule = {
  name: 'grid',
  check: (subjects) =>
    subjects.flatMap(({ board, dashboard }) => {
      const placed = (dashboard.panels ?? []).map(({ title = '', gridPos }) => ({ title, place: gridPos }));
      return placed.flatMap(({ title, place }, index) => {
        const at = `${board.uid}/${title}`;
        if (place === undefined) return [{ summary: 'A panel has no place.', at }];
        const isOutside = place.x < 0 || place.y < 0 || place.w < 1 || place.h < 1 || place.x + place.w > COLUMNS;
        if (isOutside) return [{ summary: `A panel is not inside of the ${COLUMNS} columns.`, at }];
        const under = placed.slice(0, index).find((other) => other.place !== undefined && overlap(other.place, place));
        return under === undefined ? [] : [{ summary: `A panel lies over ${under.title}.`, at }];
      });
    }),
};

function overlap(one: GridPos, other: GridPos): boolean {
  const isBeside = one.x + one.w <= other.x || other.x + other.w <= one.x;
  const isAbove = one.y + one.h <= other.y || other.y + other.h <= one.y;
  return !isBeside && !isAbove;
}
