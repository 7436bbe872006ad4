import type { RequestKind, RequestRecord } from '../evidence/request-record.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { checkRecords, recordsIn } from './records.ts';
import { MAX_EVIDENCE, type Judgement, type Window } from './judgement.ts';
import { quantile, quantileOfSorted } from './quantile.ts';

export interface LatencyBudget {
  /** Which quantile, 0 … 1: 0.99 is the p99. */
  readonly quantile: number;
  readonly maxMs: number;
}

export interface LatencyOptions {
  readonly budget: LatencyBudget;
  /** Judge only these; all by default. */
  readonly kinds?: readonly RequestKind[];
  /** Minimum number of answered requests to resolve the quantile; by default, three in the tail beyond it. */
  readonly minRequests?: number;
  readonly problems?: readonly string[];
}

export interface Latency {
  readonly requests: number;
  readonly failed: number;
  /** Milliseconds; undefined when there was no request. */
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly max?: number;
}

export interface LatencyMeasured extends Latency {
  /** The judged quantile, in milliseconds. */
  readonly valueMs?: number;
  readonly byKind: Readonly<Partial<Record<RequestKind, Latency>>>;
}

/**
 * Judges a quantile of durations, computed from all values. A failed request counts as slower than any other, so that fast errors do not
 * improve the quantile.
 */
export function judgeLatency(
  records: readonly RequestRecord[],
  window: Window,
  options: LatencyOptions,
): Judgement<LatencyMeasured, LatencyBudget> {
  const { budget, kinds, problems = [] } = options;
  const minRequests = options.minRequests ?? Math.ceil(3 / Math.max(1 - budget.quantile, 0.0001));
  const inside = recordsIn(records, window).filter((record) => kinds?.includes(record.kind) ?? true);
  const value = quantile(inside.map(effectiveMs), budget.quantile);
  const measured: LatencyMeasured = {
    ...latencyOf(inside),
    ...(value === undefined || value === Infinity ? {} : { valueMs: value }),
    byKind: latencyByKind(inside),
  };
  const name = `p${Number((budget.quantile * 100).toFixed(3))}`;
  const violations: string[] = [];
  if (value === Infinity) violations.push(`${name} is a failed request`);
  else if (value !== undefined && value > budget.maxMs) {
    violations.push(`${name} is ${value.toFixed(1)} ms, limit ${budget.maxMs} ms`);
  }
  const answered = inside.filter((record) => record.ok).length;
  const validityProblems = [...problems, ...checkRecords(records, inside)];
  if (answered < minRequests)
    validityProblems.push(`${answered} answered requests do not resolve ${name}: ${minRequests} needed`);
  const shown = violations.length > 0 && inside.length >= minRequests;
  const verdict: Verdict = shown ? 'violated' : validityProblems.length > 0 ? 'unknown' : 'held';
  return { verdict, measured, budget, evidence: slowestOf(inside), reasons: [...violations, ...validityProblems] };
}

/** Requests, failures and quantiles of some records; quantiles of the answered ones only. */
export function latencyOf(records: readonly RequestRecord[]): Latency {
  const answered = records.filter((record) => record.ok).map((record) => record.durationMs);
  const counts = { requests: records.length, failed: records.length - answered.length };
  const sorted = answered.sort((a, b) => a - b);
  const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((q) => quantileOfSorted(sorted, q));
  if (p50 === undefined || p95 === undefined || p99 === undefined || max === undefined) return counts;
  return { ...counts, p50, p95, p99, max };
}

/** {@link latencyOf} for each kind that occurs. */
export function latencyByKind(records: readonly RequestRecord[]): Readonly<Partial<Record<RequestKind, Latency>>> {
  const groups = Map.groupBy(records, (record) => record.kind);
  return Object.fromEntries([...groups].map(([kind, group]) => [kind, latencyOf(group)]));
}

function effectiveMs(record: RequestRecord): number {
  return record.ok ? record.durationMs : Infinity;
}

function slowestOf(records: readonly RequestRecord[]): readonly RequestRecord[] {
  return [...records].sort((a, b) => effectiveMs(b) - effectiveMs(a) || a.startMs - b.startMs).slice(0, MAX_EVIDENCE);
}
