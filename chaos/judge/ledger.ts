import type { LedgerResult, OrderAttempt, ReadBack } from '../evidence/write-ledger.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { MAX_EVIDENCE, type Judgement } from './judgement.ts';

export interface LedgerBudget {
  /** Acknowledged writes that may be missing. */
  readonly lost: number;
}

export interface LedgerOptions {
  readonly budget: LedgerBudget;
  /** Hosts that must have been read back: every database node that should be up. */
  readonly nodes: readonly string[];
  readonly problems?: readonly string[];
}

/**
 * Judges whether every acknowledged write is stored after the revert. `violated`: more lost writes than allowed, or any stored write that should not
 * be. `unknown`: not read back from every node, no acknowledged write, or nodes that differ.
 */
export function judgeLedger(
  attempts: readonly OrderAttempt[],
  readBacks: readonly ReadBack[],
  options: LedgerOptions,
): Judgement<LedgerResult, LedgerBudget, OrderAttempt> {
  const { budget, nodes, problems = [] } = options;
  const measured = evaluateLedger(attempts, readBacks);
  const violations = readBacks.length === 0 ? [] : violationsOf(measured, budget);
  const validityProblems = [...problems, ...findValidityProblems(measured, nodes)];
  const verdict: Verdict = violations.length > 0 ? 'violated' : validityProblems.length > 0 ? 'unknown' : 'held';
  const wrong = new Set([...measured.lost, ...measured.unexpected, ...measured.duplicated, ...measured.mismatched]);
  return {
    verdict,
    measured,
    budget,
    evidence: attempts
      .filter((attempt) => wrong.has(attempt.key))
      .sort((a, b) => a.startMs - b.startMs || a.key.localeCompare(b.key))
      .slice(0, MAX_EVIDENCE),
    reasons: [...violations, ...validityProblems],
  };
}

/** Compares attempts with stored writes. Set operations only; {@link judgeLedger} decides whether the result is valid. */
export function evaluateLedger(attempts: readonly OrderAttempt[], readBacks: readonly ReadBack[]): LedgerResult {
  const byOutcome = Map.groupBy(attempts, (attempt) => attempt.outcome);
  const keysOf = (outcome: OrderAttempt['outcome']): ReadonlySet<string> =>
    new Set((byOutcome.get(outcome) ?? []).map((attempt) => attempt.key));
  const acknowledged = keysOf('acknowledged');
  const unknown = keysOf('unknown');
  const orderIds = new Map(attempts.map((attempt) => [attempt.key, attempt.orderId]));
  const stored = new Set(readBacks.flatMap((node) => node.orders.map((order) => order.key)));
  const isAllowed = (key: string): boolean => acknowledged.has(key) || unknown.has(key);
  return {
    attempted: orderIds.size,
    acknowledged: acknowledged.size,
    rejected: keysOf('rejected').size,
    unknown: unknown.size,
    recovered: [...unknown].filter((key) => stored.has(key) && !acknowledged.has(key)).length,
    lost: sorted(readBacks.length === 0 ? [] : [...acknowledged].filter((key) => !stored.has(key))),
    unexpected: sorted([...stored].filter((key) => !isAllowed(key))),
    duplicated: sorted(readBacks.flatMap(duplicatesOf)),
    mismatched: sorted(
      readBacks.flatMap((node) =>
        node.orders
          .filter(({ key, orderId }) => acknowledged.has(key) && differs(orderIds.get(key), orderId))
          .map((order) => order.key),
      ),
    ),
    nodes: readBacks.map((node) => {
      const present = new Set(node.orders.map((order) => order.key));
      const missing = [...acknowledged].filter((key) => stored.has(key) && !present.has(key));
      return { node: node.node, present: present.size, missing: sorted(missing) };
    }),
  };
}

function violationsOf(measured: LedgerResult, budget: LedgerBudget): readonly string[] {
  const counts: readonly (readonly [number, number, string])[] = [
    [measured.lost.length, budget.lost, 'acknowledged writes are lost'],
    [measured.unexpected.length, 0, 'writes are stored that were rejected or never sent'],
    [measured.duplicated.length, 0, 'writes are stored more than once'],
    [measured.mismatched.length, 0, 'writes are stored under another order than was acknowledged'],
  ];
  return counts.filter(([count, limit]) => count > limit).map(([count, , what]) => `${count} ${what}`);
}

function findValidityProblems(measured: LedgerResult, nodes: readonly string[]): readonly string[] {
  const reasons: string[] = [];
  const read = measured.nodes.map((node) => node.node);
  const unread = nodes.filter((node) => !read.includes(node));
  if (read.length === 0) reasons.push('the writes were never read back');
  else if (unread.length > 0) reasons.push(`not read back: ${unread.join(', ')}`);
  if (measured.acknowledged === 0) reasons.push('no write was acknowledged: nothing could be lost');
  for (const node of measured.nodes) {
    if (node.missing.length === 0) continue;
    reasons.push(`${node.node} lacks ${node.missing.length} acknowledged writes that another node has`);
  }
  return reasons;
}

function duplicatesOf(node: ReadBack): readonly string[] {
  const counts = Map.groupBy(node.orders, (order) => order.key);
  return [...counts].filter(([, orders]) => orders.length > 1).map(([key]) => key);
}

function differs(acknowledgedId: string | undefined, stored: string | undefined): boolean {
  return acknowledgedId !== undefined && stored !== undefined && acknowledgedId !== stored;
}

function sorted(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)].sort();
}
