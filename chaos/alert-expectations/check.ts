import type { Verdict } from '../../kit/verdict.ts';

/** One clause of a contract, judged. */
export interface ClauseJudgement {
  readonly id: string;
  readonly claim: string;
  readonly verdict: Verdict;
  readonly measured: string;
  readonly limit: string;
  readonly reasons: readonly string[];
}

/** An alert as a reason names it. */
export function named(alertname: string, host: string | undefined): string {
  return host === undefined ? alertname : `${alertname} (${host})`;
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
