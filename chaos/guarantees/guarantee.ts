import type { Topology } from '../../deploy/model/topology.ts';
import type { AlertContract } from '../alert-expectations/alert-contract.ts';
import type { RequestKind } from '../evidence/request-record.ts';
import type { FaultContext, Observation } from '../faults/fault.ts';
import type { AnyFault } from '../faults/undo.ts';
import type { Prediction } from '../predict.ts';

/** What the system promises in numbers. Each is judged by itself. Milliseconds. */
export type Budget =
  | { readonly kind: 'outage'; readonly longestMs: number; readonly aimMs?: number }
  | { readonly kind: 'failed'; readonly most: number }
  | { readonly kind: 'stall'; readonly of: 'reads' | 'writes'; readonly longestMs: number }
  | {
      readonly kind: 'latency';
      readonly of: readonly RequestKind[];
      readonly quantile: number;
      readonly mostMs: number;
    }
  | { readonly kind: 'lost-writes'; readonly most: number }
  /** From the host's return to full redundancy. */
  | { readonly kind: 'redundancy'; readonly withinMs: number };

/** What has to be seen again before the system counts as fully redundant. */
export interface Redundancy {
  readonly what: string;
  observe(world: FaultContext): Promise<Observation>;
}

/** The fault that fits the stack as it stands right now, and what led to the choice. */
export interface ChosenFault {
  readonly fault: AnyFault;
  /** E.g. `lb1 holds 198.18.0.10`. */
  readonly why: string;
  readonly redundancy: readonly Redundancy[];
}

/** A promise of the stack, and the experiment that shows whether it is kept. */
export interface Guarantee {
  /** `area/name`. */
  readonly id: string;
  readonly claim: string;
  readonly budgets: readonly Budget[];
  readonly alerts: AlertContract;
  /** How long the fault stays at least; it also stays until its alert was mailed, or was due. */
  readonly holdMs: number;
  /** What the recovery-time profile says that the fault will cost. */
  predict(topology: Topology): Prediction;
  /** Looks at the stack: who is the active load balancer, the primary. Throws when that cannot be told. */
  choose(world: FaultContext): Promise<ChosenFault>;
}
