import { DROPPED, REQUEST_KINDS, type RequestRecord } from '../evidence/request-record.ts';
import { latencyByKind, latencyOf, type Latency } from '../judge/latency.ts';
import type { LoadResult } from './load-run.ts';

/** Results of a load by kind of request, for the terminal and as JSON. */
export interface LoadReport {
  readonly all: Latency;
  readonly byKind: Readonly<Partial<Record<RequestRecord['kind'], Latency>>>;
  readonly dropped: number;
  readonly orders: Readonly<Record<'attempted' | 'acknowledged' | 'rejected' | 'unknown', number>>;
  /** Error → how often, most frequent first. */
  readonly errors: readonly { readonly error: string; readonly count: number }[];
  readonly problems: readonly string[];
}

export function reportOf(result: Pick<LoadResult, 'records' | 'orders' | 'dropped' | 'problems'>): LoadReport {
  const sent = result.records.filter((record) => record.error !== DROPPED);
  const failed = Map.groupBy(
    sent.filter((record) => !record.ok),
    (record) => `${record.kind} by ${record.target}: ${record.error ?? `status ${record.status}`}`,
  );
  const countOf = (outcome: string): number => result.orders.filter((order) => order.outcome === outcome).length;
  return {
    all: latencyOf(sent),
    byKind: latencyByKind(sent),
    dropped: result.dropped,
    orders: {
      attempted: result.orders.length,
      acknowledged: countOf('acknowledged'),
      rejected: countOf('rejected'),
      unknown: countOf('unknown'),
    },
    errors: [...failed].map(([error, records]) => ({ error, count: records.length })).sort((a, b) => b.count - a.count),
    problems: result.problems,
  };
}

const MAX_ERRORS = 8;

/** Durations in milliseconds. */
export function renderLoadTable(report: LoadReport): string {
  const rows = REQUEST_KINDS.flatMap((kind) => {
    const latency = report.byKind[kind];
    return latency === undefined ? [] : [rowOf(kind, latency)];
  });
  const header = ['kind', 'requests', 'failed', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'];
  const { attempted, acknowledged, rejected, unknown } = report.orders;
  const errors = report.errors.slice(0, MAX_ERRORS).map(({ error, count }) => `  ${count} x ${error}`);
  const more = report.errors.length - MAX_ERRORS;
  return [
    ...renderRows([header, ...rows, rowOf('all', report.all)]),
    `dropped requests ${report.dropped}`,
    `orders ${attempted}: ${acknowledged} acknowledged, ${rejected} rejected, ${unknown} unknown`,
    ...(errors.length > 0 ? ['failed:', ...errors, ...(more > 0 ? [`  and ${more} other errors`] : [])] : []),
    ...report.problems.map((problem) => `unknown: ${problem}`),
  ].join('\n');
}

function rowOf(name: string, latency: Latency): readonly string[] {
  const { requests, failed, p50, p95, p99, max } = latency;
  return [name, String(requests), String(failed), ...[p50, p95, p99, max].map((ms) => ms?.toFixed(1) ?? '-')];
}

/** Pads cells to the width of their column. The first column is left-aligned, the others are right-aligned. */
export function renderRows(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}
