import type { Figure } from './figure.ts';

/** One of our exporter's modules beside Debian's exporter, on the same target. */
export interface Comparison {
  readonly module: string;
  readonly target: string;
  readonly ours: Cost;
  readonly theirs: Cost & {
    /** Bytes resident. */
    readonly memoryBytes: number;
  };
}

/** What one scrape costs. */
export interface Cost {
  /** Processor time, in ms, of the exporter and of what it has run on the target for it. */
  readonly cpuMs: number;
  /** Series of the target; what an exporter tells of itself is not counted. */
  readonly series: number;
}

/** What the project promises of its exporters. */
const MOST_TIMES_THEIRS = 2;

/** The promise that a comparison is about. */
export function ratioOf({ module, target, ours, theirs }: Comparison): Figure {
  return {
    what: `CPU of a scrape, ours / Debian's: ${module} of ${target}`,
    // Nothing counted of theirs is nothing measured.
    measured: theirs.cpuMs > 0 ? ours.cpuMs / theirs.cpuMs : NaN,
    atMost: MOST_TIMES_THEIRS,
    unit: 'times',
  };
}

const HEAD = ['scraped', 'CPU ours', "Debian's", 'series ours', "Debian's", "memory of Debian's"];

/** The costs side by side, a line per comparison. */
export function renderComparisons(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ module, target, ours, theirs }) => [
    `${module} of ${target}`,
    `${ours.cpuMs.toFixed(2)} ms`,
    `${theirs.cpuMs.toFixed(2)} ms`,
    String(ours.series),
    String(theirs.series),
    `${(theirs.memoryBytes / 2 ** 20).toFixed(0)} MiB`,
  ]);
  const widths = HEAD.map((_, column) => Math.max(...[HEAD, ...rows].map((row) => row[column]?.length ?? 0)));
  const renderRow = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [HEAD, ...rows].map(renderRow).join('\n');
}
