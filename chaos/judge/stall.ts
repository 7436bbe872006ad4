import type { RequestKind, RequestRecord } from '../evidence/request-record.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { checkRecords, recordsIn } from './records.ts';
import { MAX_EVIDENCE, type Judgement, type Window } from './judgement.ts';

/** Requests that only read; all others write. */
export const READS: readonly RequestKind[] = ['page', 'product', 'static', 'order-read'];
export const WRITES: readonly RequestKind[] = ['login', 'order'];

export interface StallBudget {
  /** Longest that any single request may take. */
  readonly longestMs: number;
}

export interface StallOptions {
  readonly budget: StallBudget;
  readonly kinds: readonly RequestKind[];
  readonly problems?: readonly string[];
}

export interface StallMeasured {
  readonly requests: number;
  /** Failed requests; the length of their stall is unknown. */
  readonly failed: number;
  /** The longest answered or failed request, in milliseconds; 0 without requests. */
  readonly longestMs: number;
}

/**
 * Judges the longest single request of a class. A request that failed within the budget turns `held` into `unknown`, because its
 * sender still has no response. The outage judge limits the number of failures.
 */
export function judgeStall(
  records: readonly RequestRecord[],
  window: Window,
  options: StallOptions,
): Judgement<StallMeasured, StallBudget> {
  const { budget, kinds, problems = [] } = options;
  const inside = recordsIn(records, window).filter((record) => kinds.includes(record.kind));
  const longestFirst = [...inside].sort((a, b) => b.durationMs - a.durationMs);
  const longestMs = longestFirst[0]?.durationMs ?? 0;
  const failed = inside.filter((record) => !record.ok).length;
  const validityProblems = [...problems, ...checkRecords(records, inside)];
  if (failed > 0) validityProblems.push(`${failed} requests failed: how long their senders had to wait is not known`);
  const violations =
    longestMs > budget.longestMs ? [`a request took ${Math.round(longestMs)} ms, limit ${budget.longestMs} ms`] : [];
  const verdict: Verdict = violations.length > 0 ? 'violated' : validityProblems.length > 0 ? 'unknown' : 'held';
  return {
    verdict,
    measured: { requests: inside.length, failed, longestMs },
    budget,
    evidence: longestFirst.slice(0, MAX_EVIDENCE),
    reasons: [...violations, ...validityProblems],
  };
}
