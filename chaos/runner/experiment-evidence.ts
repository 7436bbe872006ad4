import type { ChangeStep } from '../../deploy/change/change-step.ts';
import type { Observation } from '../../deploy/observe/observation.ts';
import type { AlertEvidence } from '../alert-expectations/alert-expectations.ts';
import type { CacheEvidence } from '../evidence/cache-write.ts';
import type { RequestRecord } from '../evidence/request-record.ts';
import type { OrderAttempt, ReadBack } from '../evidence/write-ledger.ts';
import type { Window } from '../judge/judgement.ts';
import type { TimelineEvent } from './timeline.ts';

/** All evidence of an experiment; verdicts are computed from it alone. Times are milliseconds since the epoch. */
export interface ExperimentEvidence {
  readonly runId: string;
  readonly fault: FaultEvidence;
  /** Whether the load ran at its rate and without failures before the fault. */
  readonly baseline: Observation;
  readonly phases: Phases;
  readonly records: readonly RequestRecord[];
  readonly orders: readonly OrderAttempt[];
  /** Planned requests per second, and the problems of the load. */
  readonly rate: number;
  readonly loadProblems: readonly string[];
  readonly readBacks: readonly ReadBack[];
  readonly readBackProblems: readonly string[];
  /** Hosts that the orders must be read back from. */
  readonly dbNodes: readonly string[];
  readonly alerts: AlertEvidence;
  /** Steal time of this machine while the load ran, as a share of one core: see chaos/probes/read-steal.ts. */
  readonly stolenCores: number;
  readonly timeline: readonly TimelineEvent[];
  /** The steps of a planned change; missing in an experiment with a fault. */
  readonly changeSteps?: readonly ChangeStep[];
  /** The cache ledgers of a planned change, one per event. */
  readonly cache?: readonly CacheEvidence[];
  /** The cache hosts that its writes must be read back from. */
  readonly cacheNodes?: readonly string[];
  /** Whether each probe alert of a planned change was mailed. */
  readonly notifications?: readonly Observation[];
  /** The name of the control, if it was run instead of the change. */
  readonly control?: string;
  /** The events of a planned change: from its beginning until the end of its drains. */
  readonly events?: readonly Window[];
}

export interface FaultEvidence {
  readonly description: string;
  readonly targets: readonly string[];
  readonly why: string;
  readonly effect: Observation;
  readonly clear: Observation;
}

export interface Phases {
  /** Requests count from here on. */
  readonly baselineAt: number;
  readonly injectedAt: number;
  /** The effect probe had ended. */
  readonly provenAt: number;
  /** The revert was ordered. */
  readonly undoneAt: number;
  /** The clear probe had confirmed the revert; undefined if it never did. */
  readonly clearedAt: number | undefined;
  /** Full redundancy was restored; undefined if it never was. */
  readonly redundantAt: number | undefined;
  /** The observed redundancy, or the conditions that were last missing. */
  readonly redundancy: string;
  readonly loadEndedAt: number;
}
