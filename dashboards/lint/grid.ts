import type { GridPos } from '@grafana/schema';
import { COLUMNS } from '../render/grid.ts';
import type { Rule } from './rule.ts';

/** Panels have a position inside of the grid and do not overlap. */
export const GRID: Rule = {
  name: 'grid',
  check: (subjects) =>
    subjects.flatMap(({ board, dashboard }) => {
      const placed = (dashboard.panels ?? []).map(({ title = '', gridPos }) => ({ title, position: gridPos }));
      return placed.flatMap(({ title, position }, index) => {
        const at = `${board.uid}/${title}`;
        if (position === undefined) return [{ summary: 'A panel has no place.', at }];
        const isOutside =
          position.x < 0 || position.y < 0 || position.w < 1 || position.h < 1 || position.x + position.w > COLUMNS;
        if (isOutside) return [{ summary: `A panel is not inside of the ${COLUMNS} columns.`, at }];
        const under = placed
          .slice(0, index)
          .find((other) => other.position !== undefined && overlap(other.position, position));
        return under === undefined ? [] : [{ summary: `A panel lies over ${under.title}.`, at }];
      });
    }),
};

function overlap(one: GridPos, other: GridPos): boolean {
  const isBeside = one.x + one.w <= other.x || other.x + other.w <= one.x;
  const isAbove = one.y + one.h <= other.y || other.y + other.h <= one.y;
  return !isBeside && !isAbove;
}
