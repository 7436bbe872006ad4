import type { ChangeStep } from '../../deploy/change/change-step.ts';
import type { Exposure } from '../judge/exposure.ts';
import type { LedgerResult } from '../evidence/write-ledger.ts';
import type { Prediction } from '../predict.ts';
import type { Verdict } from '../../kit/verdict.ts';
import type { FaultEvidence, Phases } from './experiment-evidence.ts';
import type { TimelineEvent } from './timeline.ts';

/** The result of one budget, or of one check of the alert expectations. */
export interface BudgetOutcome {
  readonly id: string;
  readonly claim: string;
  readonly verdict: Verdict;
  /** With units, as shown. */
  readonly measured: string;
  readonly limit: string;
  readonly predicted?: string;
  /** Sentences; empty exactly when held. */
  readonly reasons: readonly string[];
  /** Samples that the verdict rests on: the first and the worst. */
  readonly evidence: readonly string[];
}

/** Requests that began in one tenth of a second. */
export interface Bucket {
  /** Milliseconds since the epoch. */
  readonly t: number;
  readonly ok: number;
  readonly slow: number;
  readonly failed: number;
  /** Longest and median duration in the bucket, milliseconds; undefined without answers. */
  readonly worstMs?: number;
  readonly medianMs?: number;
}

/** The results of an experiment, without the raw records. */
export interface ExperimentOutcome {
  readonly runId: string;
  readonly fault: FaultEvidence;
  readonly phases: Phases;
  readonly rate: number;
  readonly requests: number;
  readonly failed: number;
  readonly buckets: readonly Bucket[];
  readonly ledger: LedgerResult;
  readonly timeline: readonly TimelineEvent[];
  /** The steps of a planned change; missing in an experiment with a fault. */
  readonly changeSteps?: readonly ChangeStep[];
  readonly control?: string;
  /** How many requests the planned changes exposed, and what that shows. */
  readonly exposure?: Exposure;
}

export interface GuaranteeOutcome {
  readonly id: string;
  readonly claim: string;
  readonly verdict: Verdict;
  /** Why it is not held, first the violations. */
  readonly reasons: readonly string[];
  readonly budgets: readonly BudgetOutcome[];
  readonly prediction: Prediction;
  /** Missing if the experiment did not complete. */
  readonly experiment?: ExperimentOutcome;
  /** The negative controls of a planned change: their names, and the budgets that they violated. */
  readonly control?: { readonly names: readonly string[]; readonly sightings: readonly string[] };
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The outcome of a `prove` run. */
export interface ProveOutcome {
  readonly verdict: Verdict;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly guarantees: readonly GuaranteeOutcome[];
  /** Only of an interrupted run: the number of finished guarantees, and of all. */
  readonly interrupted?: { readonly finished: number; readonly of: number };
  /** Commit of the checkout, if known. */
  readonly revision?: string;
}

/** The notice in the reports of an interrupted run; undefined for any other run. */
export function interruptionOf({ interrupted }: ProveOutcome): string | undefined {
  if (interrupted === undefined) return undefined;
  return `Interrupted: ${interrupted.finished} of ${interrupted.of} guarantees were finished; the others were not checked.`;
}
