import type { GridPos } from '@grafana/schema';
import type { Panel, Width } from '../board.ts';

/** Grafana's grid. */
export const COLUMNS = 24;

const WIDTHS: Readonly<Record<Width, number>> = { sixth: 4, quarter: 6, third: 8, half: 12, full: 24 };
const HEIGHTS: Readonly<Record<Panel['kind'], number>> = {
  timeseries: 8,
  stat: 4,
  table: 7,
  'state-timeline': 7,
  heatmap: 8,
  text: 7,
};
const DEFAULT_WIDTH: Readonly<Record<Panel['kind'], Width>> = {
  timeseries: 'half',
  stat: 'sixth',
  table: 'half',
  'state-timeline': 'half',
  heatmap: 'half',
  text: 'full',
};

/** Places panels side by side until a line is full, starting at `top`. A line is as high as its highest panel. `end`: position below the last line. */
export function placePanels(
  panels: readonly Panel[],
  top: number,
): { readonly places: readonly GridPos[]; readonly end: number } {
  const lines: Panel[][] = [];
  let used = COLUMNS;
  for (const panel of panels) {
    const width = widthOf(panel);
    if (used + width > COLUMNS) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(panel);
    used += width;
  }
  const places: GridPos[] = [];
  let y = top;
  for (const line of lines) {
    const height = Math.max(...line.map(({ kind }) => HEIGHTS[kind]));
    let x = 0;
    for (const panel of line) {
      places.push({ x, y, w: widthOf(panel), h: height });
      x += widthOf(panel);
    }
    y += height;
  }
  return { places, end: y };
}

function widthOf(panel: Panel): number {
  return WIDTHS[panel.width ?? DEFAULT_WIDTH[panel.kind]];
}
