import { makeCanvas, type Canvas, type Colour, type Point } from '../../notifier/chart/canvas.ts';
import { encodePng } from '../../notifier/chart/png.ts';
import { timeTicks, valueTicks } from '../../notifier/chart/ticks.ts';
import type { Comparison } from './simulate.ts';

/** Twice the displayed size, so that it is sharp on every screen. */
const [WIDTH, HEIGHT] = [1_800, 600];
const PLOT = { left: 70, right: WIDTH - 50, top: 30, bottom: HEIGHT - 60 } as const;
const TEXT = { size: 16, colour: [90, 90, 90] } as const;
const GRID: Colour = [226, 226, 226];
const LOAD: Colour = [190, 205, 225];
/** In the order of the outcomes. */
export const LINE_COLOURS: readonly Colour[] = [
  [28, 84, 160],
  [179, 38, 30],
  [200, 130, 0],
  [27, 110, 60],
];

/**
 * Draws the hosts of every policy over time, with the load behind them, as PNG. Both begin at 0; the highest load is at the top. The page has the
 * legend.
 */
export function drawComparison({ seconds, rates, outcomes }: Comparison): Buffer {
  const canvas = makeCanvas(WIDTH, HEIGHT);
  const ticks = valueTicks([0, ...outcomes.map(({ hosts }) => highestOf(hosts))], '');
  const top = ticks.at(-1) ?? 1;
  const x = (second: number): number => PLOT.left + (second / seconds) * (PLOT.right - PLOT.left);
  const y = (count: number): number => PLOT.bottom - (count / top) * (PLOT.bottom - PLOT.top);
  const most = Math.max(1, highestOf(rates));
  const perColumn = Math.ceil(seconds / (PLOT.right - PLOT.left));
  for (let second = 0; second < seconds; second += perColumn) {
    const rate = highestOf(rates.slice(second, second + perColumn));
    canvas.fill([x(second), y((rate / most) * top)], [x(second + perColumn), PLOT.bottom], {
      colour: LOAD,
      opacity: 0.6,
    });
  }
  drawAxes(canvas, { ticks, x, y, seconds });
  outcomes.forEach(({ hosts }, index) => {
    const ink = { colour: LINE_COLOURS[index % LINE_COLOURS.length] ?? GRID, width: 4 };
    canvas.line(stepsOf(hosts, x, y), ink);
  });
  return encodePng(canvas);
}

interface Axes {
  readonly ticks: readonly number[];
  readonly x: (second: number) => number;
  readonly y: (count: number) => number;
  readonly seconds: number;
}

function drawAxes(canvas: Canvas, { ticks, x, y, seconds }: Axes): void {
  for (const tick of ticks) {
    canvas.fill([PLOT.left, y(tick) - 1], [PLOT.right, y(tick) + 1], { colour: GRID });
    canvas.text(String(tick), [PLOT.left - 16, y(tick) + 8], { ...TEXT, align: 'right' });
  }
  for (const { atMs, label } of timeTicks(0, 1_000 * seconds)) {
    canvas.text(label, [x(atMs / 1_000), PLOT.bottom + 36], { ...TEXT, align: 'middle' });
  }
}

/** The corners of a line that changes only where the count does. */
function stepsOf(hosts: readonly number[], x: Axes['x'], y: Axes['y']): readonly Point[] {
  const points: Point[] = [];
  hosts.forEach((count, second) => {
    const before = hosts[second - 1] ?? count;
    if (second === 0 || count !== before) points.push([x(second), y(before)], [x(second), y(count)]);
  });
  points.push([x(hosts.length), y(hosts.at(-1) ?? 0)]);
  return points;
}

function highestOf(values: readonly number[]): number {
  return values.reduce((highest, value) => Math.max(highest, value), 0);
}
