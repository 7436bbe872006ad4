import type { RequestRecord } from '../evidence/request-record.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { checkRecords, isBad, recordsIn } from './records.ts';
import { MAX_EVIDENCE, type Judgement, type Window } from './judgement.ts';

export interface OutageBudget {
  /** Longest time in which requests were failed or slow. */
  readonly longestOutageMs?: number;
  /** How many requests may fail. */
  readonly failed?: number;
}

export interface OutageOptions {
  readonly budget: OutageBudget;
  /** An answered request that takes longer counts as bad. */
  readonly slowMs: number;
  /** An outage has ended only after all requests were good for this time. */
  readonly settleMs?: number;
  /** Problems of the evidence, from the load. Each turns `held` into `unknown`. */
  readonly problems?: readonly string[];
}

/** A cluster of bad requests, by the time at which they began. */
export interface Outage {
  /** Start of the first bad request. */
  readonly startMs: number;
  /** Start of the first good request after the last bad one; of the last bad one while the outage has not ended. */
  readonly endMs: number;
  /** Lower bound of the duration: from the first to the last bad request. */
  readonly atLeastMs: number;
  /** Upper bound of the duration: from the last good request before the outage to the first good one after it. */
  readonly atMostMs: number;
  /** Whether {@link OutageOptions.settleMs} of good requests followed. */
  readonly ended: boolean;
  readonly failed: number;
  readonly slow: number;
}

export interface OutageMeasured {
  readonly requests: number;
  readonly failed: number;
  readonly slow: number;
  /** `endMs - startMs` of the longest outage; 0 without one. */
  readonly longestOutageMs: number;
  readonly longest?: Outage;
  /** In the order of time. */
  readonly outages: readonly Outage[];
  /** The longest time between two good requests without a bad one in between. The load cannot detect a shorter outage in it. */
  readonly blindMs: number;
}

/** Longest accepted time without an answered request, for budgets that only count failures. */
const MAX_ANSWER_GAP_MS = 1_000;

/**
 * Judges how long and how often requests were bad. Requests are samples, so the duration of an outage is an interval, `atLeastMs … atMostMs`.
 * `violated`: the lower bound exceeds the budget. `held`: the upper bound is within it. `unknown`: anything in between.
 */
export function judgeOutage(
  records: readonly RequestRecord[],
  window: Window,
  options: OutageOptions,
): Judgement<OutageMeasured, OutageBudget> {
  const { budget, slowMs, settleMs = 1_000, problems = [] } = options;
  const inside = recordsIn(records, window);
  const bad = inside.filter((record) => isBad(record, slowMs));
  const goodTimes = inside.filter((record) => !isBad(record, slowMs)).map((record) => record.startMs);
  const outages = clusterBad(bad, { goodTimes, window, settleMs });
  const blindMs = longestBlind(goodTimes, { bad, window });
  const longest = outages.reduce<Outage | undefined>(
    (worst, outage) => (worst === undefined || lengthOf(outage) > lengthOf(worst) ? outage : worst),
    undefined,
  );
  const failed = bad.filter((record) => !record.ok).length;
  const measured: OutageMeasured = {
    requests: inside.length,
    failed,
    slow: bad.length - failed,
    longestOutageMs: longest === undefined ? 0 : lengthOf(longest),
    ...(longest === undefined ? {} : { longest }),
    outages,
    blindMs,
  };
  const violations = violationsOf(measured, budget);
  const validityProblems = [...problems, ...checkRecords(records, inside), ...findValidityProblems(measured, budget)];
  if (budget.longestOutageMs === undefined) validityProblems.push(...checkArrivals(inside, window));
  const verdict: Verdict = violations.length > 0 ? 'violated' : validityProblems.length > 0 ? 'unknown' : 'held';
  return { verdict, measured, budget, evidence: samplesOf(bad), reasons: [...violations, ...validityProblems] };
}

function lengthOf(outage: Outage): number {
  return outage.endMs - outage.startMs;
}

function violationsOf(measured: OutageMeasured, budget: OutageBudget): readonly string[] {
  const reasons: string[] = [];
  if (budget.failed !== undefined && measured.failed > budget.failed) {
    reasons.push(`${measured.failed} requests failed, limit ${budget.failed}`);
  }
  const limit = budget.longestOutageMs;
  const lowerBoundMs = Math.max(0, ...measured.outages.map((outage) => outage.atLeastMs));
  if (limit !== undefined && lowerBoundMs > limit) {
    reasons.push(`an outage of at least ${Math.round(lowerBoundMs)} ms, limit ${limit} ms`);
  }
  return reasons;
}

function findValidityProblems(measured: OutageMeasured, budget: OutageBudget): readonly string[] {
  const reasons: string[] = [];
  if (budget.failed === undefined && budget.longestOutageMs === undefined) reasons.push('no budget was stated');
  const limit = budget.longestOutageMs;
  if (limit === undefined) return reasons;
  if (measured.blindMs > limit) {
    reasons.push(
      `no request was sent for ${Math.round(measured.blindMs)} ms: an outage of ${limit} ms would not be seen`,
    );
  }
  const upperBoundMs = Math.max(0, ...measured.outages.map((outage) => outage.atMostMs));
  if (upperBoundMs > limit) {
    reasons.push(`an outage of up to ${Math.round(upperBoundMs)} ms, limit ${limit} ms: too few requests to tell`);
  }
  if (measured.outages.some((outage) => !outage.ended)) reasons.push('the last outage had not ended in the window');
  return reasons;
}

/** A count of failures does not cover a time without requests. */
function checkArrivals(inside: readonly RequestRecord[], window: Window): readonly string[] {
  const answered = inside.filter((record) => record.ok).map((record) => record.startMs);
  const gapMs = longestBlind(answered, { bad: [], window });
  return gapMs > MAX_ANSWER_GAP_MS ? [`no request was answered for ${Math.round(gapMs)} ms`] : [];
}

interface ClusterContext {
  /** Starts of good requests, sorted. */
  readonly goodTimes: readonly number[];
  readonly window: Window;
  readonly settleMs: number;
}

function clusterBad(bad: readonly RequestRecord[], context: ClusterContext): readonly Outage[] {
  const clusters: RequestRecord[][] = [];
  let current: RequestRecord[] = [];
  for (const record of bad) {
    const previous = current.at(-1);
    if (previous !== undefined && settledBetween(previous.startMs, record.startMs, context)) {
      clusters.push(current);
      current = [];
    }
    current.push(record);
  }
  if (current.length > 0) clusters.push(current);
  return clusters.map((cluster) => outageOf(cluster, context));
}

/** Whether good requests span the settle time between two moments. */
function settledBetween(fromMs: number, toMs: number, context: ClusterContext): boolean {
  const first = context.goodTimes[indexAfter(context.goodTimes, fromMs)];
  const last = context.goodTimes[indexFrom(context.goodTimes, toMs) - 1];
  return first !== undefined && last !== undefined && last - first >= context.settleMs;
}

function outageOf(cluster: readonly RequestRecord[], context: ClusterContext): Outage {
  const { goodTimes, window } = context;
  const startMs = cluster[0]?.startMs ?? window.startMs;
  const lastMs = cluster.at(-1)?.startMs ?? startMs;
  const before = goodTimes[indexFrom(goodTimes, startMs) - 1] ?? window.startMs;
  const after = goodTimes[indexAfter(goodTimes, lastMs)];
  const failed = cluster.filter((record) => !record.ok).length;
  return {
    startMs,
    endMs: after ?? lastMs,
    atLeastMs: lastMs - startMs,
    atMostMs: (after ?? window.endMs) - before,
    ended: settledBetween(lastMs, window.endMs, context),
    failed,
    slow: cluster.length - failed,
  };
}

/** The longest time without a bad request between two consecutive good ones. The start and the end of the window count as good requests. */
function longestBlind(
  goodTimes: readonly number[],
  context: { readonly bad: readonly RequestRecord[]; readonly window: Window },
): number {
  const marks = [context.window.startMs, ...goodTimes, context.window.endMs];
  const badTimes = context.bad.map((record) => record.startMs);
  let longest = 0;
  for (let index = 1; index < marks.length; index += 1) {
    const from = marks[index - 1] ?? 0;
    const to = marks[index] ?? 0;
    const seen = badTimes[indexFrom(badTimes, from)];
    if (seen === undefined || seen > to) longest = Math.max(longest, to - from);
  }
  return longest;
}

/** Index of the first element `>= value` of a sorted list. */
function indexFrom(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first element `> value` of a sorted list. */
function indexAfter(sorted: readonly number[], value: number): number {
  let index = indexFrom(sorted, value);
  while (sorted[index] === value) index += 1;
  return index;
}

/** The first ones and the longest ones, in the order of time. */
function samplesOf(bad: readonly RequestRecord[]): readonly RequestRecord[] {
  const first = bad.slice(0, MAX_EVIDENCE / 2);
  const worst = bad
    .slice(MAX_EVIDENCE / 2)
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, MAX_EVIDENCE / 2);
  return [...first, ...worst].sort((a, b) => a.startMs - b.startMs);
}
