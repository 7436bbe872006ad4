import type { CacheReadBack, CacheWrite } from '../evidence/cache-write.ts';
import type { LedgerResult } from '../evidence/write-ledger.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { evaluateLedger, judgeLedger, type LedgerBudget } from './ledger.ts';
import type { Judgement } from './judgement.ts';

export interface CacheLedgerBudget extends LedgerBudget {
  /** Longest time without an acknowledged write, in milliseconds. */
  readonly longestGapMs: number;
}

export interface CacheLedgerMeasured extends LedgerResult {
  readonly longestGapMs: number;
}

interface CacheLedgerOptions {
  readonly budget: CacheLedgerBudget;
  /** Hosts that must have been read back: every cache host that should be up. */
  readonly nodes: readonly string[];
  readonly problems?: readonly string[];
}

/**
 * Judges whether every acknowledged write to the cache is stored, and how long no write was acknowledged. `violated`: more lost writes than allowed, any
 * stored write that was rejected, or a longer gap. `unknown`: as for orders ({@link judgeLedger}).
 */
export function judgeCacheLedger(
  writes: readonly CacheWrite[],
  readBacks: readonly CacheReadBack[],
  { budget, nodes, problems = [] }: CacheLedgerOptions,
): Judgement<CacheLedgerMeasured, CacheLedgerBudget, CacheWrite> {
  // The value takes the place of the order's ID: a key with another value is a write that was replaced by an older one.
  const attempts = writes.map(({ key, startMs, outcome, value }) => ({ key, startMs, outcome, orderId: value }));
  const stored = readBacks.map(({ node, values }) => ({
    node,
    orders: [...values].map(([key, value]) => ({ key, orderId: value })),
  }));
  const ledger = judgeLedger(attempts, stored, { budget, nodes, problems });
  const longestGapMs = findLongestGap(writes);
  const gaps =
    longestGapMs > budget.longestGapMs
      ? [`no write was acknowledged for ${Math.round(longestGapMs)} ms, limit ${budget.longestGapMs} ms`]
      : [];
  const verdict: Verdict = gaps.length > 0 ? 'violated' : ledger.verdict;
  const wrong = new Set(ledger.evidence.map(({ key }) => key));
  return {
    verdict,
    measured: { ...evaluateLedger(attempts, stored), longestGapMs },
    budget,
    evidence: writes.filter(({ key }) => wrong.has(key)),
    reasons: [...gaps, ...ledger.reasons],
  };
}

/** Longest time between two acknowledgements, from the start of the first write to the end of the last; 0 without writes. */
function findLongestGap(writes: readonly CacheWrite[]): number {
  if (writes.length === 0) return 0;
  const starts = writes.map(({ startMs }) => startMs);
  const ends = writes.map(({ endMs }) => endMs);
  const acknowledged = writes.flatMap(({ outcome, endMs }) => (outcome === 'acknowledged' ? [endMs] : []));
  const times = [Math.min(...starts), ...acknowledged.sort((a, b) => a - b), Math.max(...ends)];
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}
