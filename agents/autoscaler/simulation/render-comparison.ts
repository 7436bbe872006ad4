import { renderRows } from '../../../chaos/load/load-table.ts';
import { judgeComparison } from './judge-comparison.ts';
import type { Comparison } from './simulate.ts';

/** Columns of the terminal chart. */
const COLUMNS = 64;
const BLOCKS = '▁▂▃▄▅▆▇█';

/** The results of all traces as a table, a small chart of each, and the places where another policy is better. */
export function renderComparisons(comparisons: readonly Comparison[]): string {
  return [renderTable(comparisons), ...comparisons.map(renderChart), renderJudgements(comparisons)].join('\n\n');
}

/** A row per trace and policy. */
export function renderTable(comparisons: readonly Comparison[]): string {
  const width = Math.max(...comparisons.map(({ trace }) => trace.length));
  const header = ['trace'.padEnd(width) + '  policy', 'out of SLO s', 'refused', 'instance-hours', 'reversals'];
  const rows = comparisons.flatMap(({ trace, outcomes }) =>
    outcomes.map(({ policy, secondsOutOfSlo, refused, instanceHours, reversals }, index) => [
      `${(index === 0 ? trace : '').padEnd(width)}  ${policy}`,
      ...[secondsOutOfSlo.toFixed(1), refused.toFixed(0), instanceHours.toFixed(2), reversals.toFixed(1)],
    ]),
  );
  return renderRows([header, ...rows]).join('\n');
}

/** The load as blocks, and the hosts of each policy as digits: the highest value of each column. */
function renderChart({ trace, seconds, rates, outcomes }: Comparison): string {
  const width = Math.max(...outcomes.map(({ policy }) => policy.length));
  const load = columnsOf(rates);
  const most = Math.max(1, ...load);
  const blocks = load.map((rate) => BLOCKS[Math.min(7, Math.floor((8 * rate) / most))] ?? '').join('');
  return [
    `${trace}, ${seconds} s; load up to ${most.toFixed(0)} requests/s, hosts of each policy:`,
    `  ${'load'.padEnd(width)}  ${blocks}`,
    ...outcomes.map(({ policy, hosts }) => {
      const digits = columnsOf(hosts).map((count) => (count > 9 ? '+' : String(count)));
      return `  ${policy.padEnd(width)}  ${digits.join('')}`;
    }),
  ].join('\n');
}

function columnsOf(values: readonly number[]): readonly number[] {
  const columns = Math.min(COLUMNS, values.length);
  return Array.from({ length: columns }, (_, column) =>
    values
      .slice(Math.floor((column * values.length) / columns), Math.floor(((column + 1) * values.length) / columns))
      .reduce((highest, value) => Math.max(highest, value), 0),
  );
}

/** The traces on which another policy is better, a line each. */
export function renderJudgements(comparisons: readonly Comparison[]): string {
  const lines = comparisons
    .map(judgeComparison)
    .flatMap(({ trace, slowerThan, dearerThan }) => [
      ...(slowerThan.length === 0 ? [] : [`${trace}: more seconds out of SLO than ${slowerThan.join(', ')}`]),
      ...dearerThan.map(
        ({ policy, share }) => `${trace}: ${(100 * share).toFixed(1)} % more instance-hours than ${policy}`,
      ),
    ]);
  if (lines.length === 0) return 'holdfast is at least as good as every other policy.';
  return ['Another policy is better than holdfast here:', ...lines.map((line) => `  ${line}`)].join('\n');
}
