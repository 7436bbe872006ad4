import type { Operation } from '../../deploy/change/change-journal.ts';
import type { RollOptions } from '../../deploy/change/roll.ts';
import type { RenderedFiles } from '../../deploy/model/rendered-file.ts';
import type { Observation, Redundancy, StackContext } from '../../deploy/observe/observation.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import type { AlertExpectations } from '../alert-expectations/alert-expectations.ts';
import type { CacheEvidence } from '../evidence/cache-write.ts';
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
  /** Of the cache ledger: acknowledged writes that are lost, and the longest time without an acknowledgement. */
  | { readonly kind: 'lost-cache-writes'; readonly most: number; readonly longestGapMs: number }
  /** Every probe alert that is sent during the change is mailed. */
  | { readonly kind: 'notifications'; readonly mostMissing: number }
  /** From the host's return to full redundancy. */
  | { readonly kind: 'redundancy'; readonly withinMs: number };

/** The fault that was chosen for the current state of the stack, and the reason. */
export interface ChosenFault {
  readonly fault: AnyFault;
  /** E.g. `lb1 holds 198.18.0.10`. */
  readonly why: string;
  readonly redundancy: readonly Redundancy[];
}

/** What every guarantee states, and what its evidence is judged by. */
export interface Claim {
  /** `area/name`. */
  readonly id: string;
  readonly claim: string;
  readonly budgets: readonly Budget[];
  readonly alerts: AlertExpectations;
  /** The predicted cost, from the profile. */
  predict(topology: Topology): Prediction;
}

/** A guarantee about a fault, and the experiment that proves whether it holds. */
export interface FaultGuarantee extends Claim {
  /** Minimum duration of the fault. It also stays until its alerts are mailed or overdue. */
  readonly holdMs: number;
  /** Chooses the fault by the state of the stack, such as the active load balancer or the primary. Throws when that cannot be determined. */
  choose(world: StackContext): Promise<ChosenFault>;
}

/** A guarantee about a planned change of the running stack. */
export interface MaintenanceGuarantee extends Claim {
  /** Upper limit of one event, from its first step until full redundancy, milliseconds. */
  readonly eventMs: number;
  /** What the change needs, such as an image. Made before there is load. */
  prepare?(options: PrepareOptions): Promise<void>;
  /** Returns the stack to its state before, when the change and its controls are over. */
  restore?(options: PrepareOptions): Promise<void>;
  /** Chooses the change by the state of the stack. Throws when that cannot be determined. */
  chooseChange(world: StackContext): Promise<ChosenChange>;
}

/** Means of a guarantee before and after its experiments. */
export interface PrepareOptions {
  readonly topology: Topology;
  readonly files: RenderedFiles;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export type Guarantee = FaultGuarantee | MaintenanceGuarantee;

/** Whether a guarantee is about a planned change. */
export function isMaintenance(guarantee: Guarantee): guarantee is MaintenanceGuarantee {
  return 'chooseChange' in guarantee;
}

/** Access of a change to the stack. Silences are those of planned work. */
export interface ChangeRun extends RollOptions {
  /** All rendered files of the topology. */
  readonly files: RenderedFiles;
  /** Sends a probe alert, and records whether it was mailed. */
  checkNotification(): Promise<void>;
  /** Name of the run, for keys of its own. */
  readonly id: string;
  /** Adds the writes of a cache ledger to the evidence. */
  onCacheWrites(written: CacheEvidence): void;
  /** Counts the events of an experiment, from 0. */
  readonly event: number;
}

/** The change that was chosen for the current state of the stack. */
export interface ChosenChange {
  /** E.g. `web1 and web2 restart`. */
  readonly description: string;
  /** Hosts that it changes. */
  readonly targets: readonly string[];
  readonly why: string;
  readonly redundancy: readonly Redundancy[];
  /** What the change journal records, so that another process can complete it. */
  readonly operation: Operation;
  /** Does the change once. Returns the proof that it took effect, from another source than the change itself. */
  perform(run: ChangeRun): Promise<Observation>;
  /** The same change without its protection, then harsher ones, for changes that retries hide. They are made until one violates a budget. */
  readonly controls: readonly [ChangeControl, ...(readonly ChangeControl[])];
}

/** A negative control: it must violate a budget, or the method cannot see loss. */
export interface ChangeControl {
  /** What is different, such as `without drain`. */
  readonly name: string;
  perform(run: ChangeRun): Promise<Observation>;
}
