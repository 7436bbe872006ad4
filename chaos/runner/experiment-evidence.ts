import type { AlertEvidence } from '../alert-expectations/alert-contract.ts';
import type { RequestRecord } from '../evidence/request-record.ts';
import type { OrderAttempt, ReadBack } from '../evidence/write-ledger.ts';
import type { Observation } from '../faults/fault.ts';
import type { TimelineEvent } from './timeline.ts';

/** Everything that an experiment leaves behind; verdicts are computed from this alone. Times are milliseconds since the epoch. */
export interface ExperimentEvidence {
  readonly runId: string;
  readonly fault: FaultEvidence;
  /** Whether the stack was whole and quiet under load before the fault. */
  readonly baseline: Observation;
  readonly phases: Phases;
  readonly records: readonly RequestRecord[];
  readonly orders: readonly OrderAttempt[];
  /** Requests per second that the generator was told to send, and what it could not. */
  readonly rate: number;
  readonly loadProblems: readonly string[];
  readonly readBacks: readonly ReadBack[];
  readonly readBackProblems: readonly string[];
  /** Hosts that the orders must be read back from. */
  readonly dbNodes: readonly string[];
  readonly alerts: AlertEvidence;
  /** What neighbours took from this machine while the load ran, as a share of one core: see chaos/probes/read-steal.ts. */
  readonly stolenCores: number;
  readonly timeline: readonly TimelineEvent[];
}

export interface FaultEvidence {
  readonly description: string;
  readonly targets: readonly string[];
  readonly why: string;
  readonly effect: Observation;
  readonly clear: Observation;
}

export interface Phases {
  /** From here on requests count. */
  readonly baselineAt: number;
  readonly injectedAt: number;
  /** The effect probe had seen it. */
  readonly provenAt: number;
  /** The undoing was ordered. */
  readonly undoneAt: number;
  /** The clear probe had seen it gone and the hosts back. */
  readonly clearedAt: number | undefined;
  /** All redundancy was seen again. */
  readonly redundantAt: number | undefined;
  /** What redundancy was seen, or what was last missing. */
  readonly redundancy: string;
  readonly loadEndedAt: number;
}
