import type { RequestRecord } from '../evidence/request-record.ts';
import type { Verdict } from '../../kit/verdict.ts';

/** Result of every judge: the verdict, its evidence, and the reasons if it is not `held`. */
export interface Judgement<Measured, Budget, Evidence = RequestRecord> {
  readonly verdict: Verdict;
  readonly measured: Measured;
  readonly budget: Budget;
  /** At most {@link MAX_EVIDENCE}: the first and the worst. */
  readonly evidence: readonly Evidence[];
  /** Sentences; empty exactly when the verdict is `held`. */
  readonly reasons: readonly string[];
}

/** Maximum number of samples in a judgement. */
export const MAX_EVIDENCE = 10;

/** Requests are judged by their start: `startMs <= start < endMs`, milliseconds since the epoch. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}
