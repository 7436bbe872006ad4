import type { Verdict } from '../../kit/verdict.ts';

/** The result of one check of the alert expectations. */
export interface AlertCheckResult {
  readonly id: string;
  readonly claim: string;
  readonly verdict: Verdict;
  readonly measured: string;
  readonly limit: string;
  readonly reasons: readonly string[];
}

/** The name of an alert in a reason. */
export function named(alertname: string, host: string | undefined): string {
  return host === undefined ? alertname : `${alertname} (${host})`;
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
