import { type Canvas, type Colour, type Point, makeCanvas } from './canvas.ts';
import { formatValue } from './format-value.ts';
import { encodePng } from './png.ts';
import { timeTicks, valueTicks } from './ticks.ts';

/** The data of a chart. Times are epoch milliseconds. */
export interface ChartData {
  /** In chronological order; `undefined` is a gap. */
  readonly points: readonly (readonly [atMs: number, value: number | undefined])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly threshold: number | undefined;
  readonly firedMs: number;
  /** `undefined` while it fires. */
  readonly resolvedMs: number | undefined;
  readonly unit: string;
}

/** Twice the displayed size, so that it is sharp on every screen. */
const [WIDTH, HEIGHT] = [1_200, 400];
export const SHOWN = { width: WIDTH / 2, height: HEIGHT / 2 } as const;
const PLOT = { right: WIDTH - 60, top: 24, bottom: HEIGHT - 52 } as const;
const TEXT = { size: 17, colour: [90, 90, 90] } as const;
const BLUE: Colour = [28, 84, 160];
const RED: Colour = [179, 38, 30];
const GREEN: Colour = [27, 110, 60];
const GRID: Colour = [226, 226, 226];

/** A line of the values with the alert's threshold (dashed), the moment it fired (red) and ended (green), as PNG. Times are UTC. */
export function drawChart(data: ChartData): Buffer {
  const canvas = makeCanvas(WIDTH, HEIGHT);
  const values = data.points.flatMap(([, value]) => value ?? []);
  const ticks = valueTicks([...values, ...(data.threshold === undefined ? [] : [data.threshold])], data.unit);
  const labels = ticks.map((tick) => formatValue(tick, data.unit));
  const left = 40 + TEXT.size * Math.max(...labels.map((label) => label.length));
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const x = (ms: number): number =>
    left + ((ms - data.startMs) / Math.max(1, data.endMs - data.startMs)) * (PLOT.right - left);
  const y = (value: number): number => PLOT.bottom - ((value - low) / (high - low || 1)) * (PLOT.bottom - PLOT.top);

  const until = Math.min(data.resolvedMs ?? data.endMs, data.endMs);
  canvas.fill([x(data.firedMs), PLOT.top], [x(until), PLOT.bottom], { colour: RED, opacity: 0.07 });
  for (const [index, tick] of ticks.entries()) {
    canvas.fill([left, y(tick) - 1], [PLOT.right, y(tick) + 1], { colour: GRID });
    canvas.text(labels[index] ?? '', [left - 16, y(tick) + 8], { ...TEXT, align: 'right' });
  }
  for (const { atMs, label } of timeTicks(data.startMs, data.endMs)) {
    canvas.fill([x(atMs) - 1, PLOT.bottom], [x(atMs) + 1, PLOT.bottom + 8], { colour: GRID });
    canvas.text(label, [x(atMs), PLOT.bottom + 36], { ...TEXT, align: 'middle' });
  }
  if (data.threshold !== undefined) drawDashed(canvas, left, y(data.threshold));
  drawMoment(canvas, x(data.firedMs), RED);
  if (data.resolvedMs !== undefined && data.resolvedMs <= data.endMs) drawMoment(canvas, x(data.resolvedMs), GREEN);
  for (const run of runsOf(data.points)) {
    canvas.line(
      run.map(([ms, value]): Point => [x(ms), y(value)]),
      { colour: BLUE, width: 4.5 },
    );
  }
  return encodePng(canvas);
}

function drawDashed(canvas: Canvas, from: number, y: number): void {
  for (let left = from; left < PLOT.right; left += 24) {
    canvas.fill([left, y - 1.5], [Math.min(left + 14, PLOT.right), y + 1.5], { colour: RED, opacity: 0.8 });
  }
}

/** A vertical line; nothing if it is right of the plot. */
function drawMoment(canvas: Canvas, x: number, colour: Colour): void {
  if (x > PLOT.right) return;
  canvas.fill([x - 1.5, PLOT.top - 8], [x + 1.5, PLOT.bottom], { colour });
}

/** Parts without gaps. */
function runsOf(points: ChartData['points']): readonly (readonly (readonly [number, number])[])[] {
  const runs: (readonly [number, number])[][] = [[]];
  for (const [ms, value] of points) {
    if (value === undefined) runs.push([]);
    else runs.at(-1)?.push([ms, value]);
  }
  return runs.filter((run) => run.length > 0);
}
