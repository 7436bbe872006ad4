import type { Redundancy, StackContext } from '../../deploy/observe/observation.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import type { AlertExpectations } from '../alert-expectations/alert-expectations.ts';
import type { RequestKind } from '../evidence/request-record.ts';
import type { AnyFault } from '../faults/undo.ts';
import type { Prediction } from '../predict.ts';

/** One limit of a guarantee. Each is judged separately. Times are in milliseconds. */
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
  /** At most `ratio` times the quantile before the event, or `leastMs` if that is more. */
  | {
      readonly kind: 'latency-ratio';
      readonly of: readonly RequestKind[];
      readonly quantile: number;
      readonly ratio: number;
      readonly leastMs: number;
    }
  | { readonly kind: 'lost-writes'; readonly most: number }
  /** From the host's return to full redundancy. */
  | { readonly kind: 'redundancy'; readonly withinMs: number };

/** The fault that was chosen for the current state of the stack, and the reason. */
export interface ChosenFault {
  readonly fault: AnyFault;
  /** E.g. `lb1 holds 198.18.0.10`. */
  readonly why: string;
  readonly redundancy: readonly Redundancy[];
}

/** A guarantee of the stack, and the experiment that proves whether it holds. */
export interface Guarantee {
  /** `area/name`. */
  readonly id: string;
  readonly claim: string;
  readonly budgets: readonly Budget[];
  readonly alerts: AlertExpectations;
  /** Minimum duration of the fault. It also stays until its alerts are mailed or overdue. */
  readonly holdMs: number;
  /** The predicted cost of the fault, from the profile. */
  predict(topology: Topology): Prediction;
  /** Chooses the fault by the state of the stack, such as the active load balancer or the primary. Throws when that cannot be determined. */
  choose(world: StackContext): Promise<ChosenFault>;
}
