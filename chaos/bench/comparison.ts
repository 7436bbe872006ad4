import type { Figure } from './figure.ts';

/** Costs of modules of our exporter and of Debian's exporter, on the same target. */
export interface Comparison {
  readonly module: string;
  readonly target: string;
  readonly ours: Cost;
  readonly theirs: Cost & {
    /** Bytes resident. */
    readonly memoryBytes: number;
  };
}

/** Cost of one scrape. */
export interface Cost {
  /** CPU time in ms, of the exporter and of the programs that ran on the target for the scrape. */
  readonly cpuMs: number;
  /** Series about the target, without the exporter's metrics about itself. */
  readonly series: number;
}

/** Limit of the CPU time of a scrape, as a multiple of the Debian exporter's. */
const MAX_CPU_RATIO = 2;

/** The CPU ratio of a comparison, with its limit. */
export function ratioOf({ module, target, ours, theirs }: Comparison): Figure {
  return {
    what: `CPU of a scrape, ours / Debian's: ${module} of ${target}`,
    // Without CPU time of Debian's exporter there is no ratio.
    measured: theirs.cpuMs > 0 ? ours.cpuMs / theirs.cpuMs : NaN,
    atMost: MAX_CPU_RATIO,
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
