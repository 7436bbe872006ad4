import { escapeMarkup } from '../../kit/escape-markup.ts';

/** One line of a chart: its name and its values by time. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [atS: number, value: number])[];
}

interface ChartOptions {
  readonly fromS: number;
  readonly toS: number;
  /** Thresholds of the alert. */
  readonly thresholds: readonly number[];
  readonly format: (value: number) => string;
}

const WIDTH = 560;
const HEIGHT = 130;
const COLOURS = ['#5794f2', '#73bf69', '#f2cc0c', '#ff9830', '#b877d9', '#37872d', '#8ab8ff', '#c4162a'];

/** Renders a line chart as SVG, with dashed thresholds. The scale includes zero, all values and all thresholds. */
export function renderChart(lines: readonly Line[], { fromS, toS, thresholds, format }: ChartOptions): string {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const low = Math.min(0, ...values);
  const high = Math.max(...values, ...thresholds, low + 1e-9);
  const x = (atS: number): string => (((atS - fromS) / (toS - fromS)) * WIDTH).toFixed(1);
  const y = (value: number): string => (HEIGHT - ((value - low) / (high - low)) * (HEIGHT - 4) - 2).toFixed(1);
  const drawn = lines.map(({ name, points }, index) => {
    const path = points.map(([atS, value]) => `${x(atS)},${y(value)}`).join(' ');
    return `<polyline points="${path}" stroke="${colourOf(index)}"><title>${escapeMarkup(name)}</title></polyline>`;
  });
  const limits = thresholds.map(
    (value) => `<line class="limit" x1="0" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}"/>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">${drawn.join('')}${limits.join('')}<text x="2" y="12">${escapeMarkup(format(high))}</text></svg>`;
}

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#888';
}
