import type { Topology } from '../../deploy/model/topology.ts';
import type { Hosts } from '../../kit/hosts.ts';

/** The stack that faults act on: its topology, and access to its hosts. */
export interface FaultContext {
  readonly topology: Topology;
  readonly hosts: Hosts;
}

/** Result of one check by a probe. */
export interface Observation {
  /** Whether the probed condition is true. */
  readonly seen: boolean;
  /** The measurement with units, for the evidence. */
  readonly text: string;
}

/**
 * A failure that is injected on purpose. It names hosts of the topology, never containers.
 *
 * `plan` only reads the stack and returns everything that another process needs to revert the fault. That record is on disk before
 * `inject` is called. Reverting and the clear probe belong to the record, not to the fault: see `bindUndo`.
 */
export interface Fault<U extends { readonly kind: string }> {
  readonly kind: U['kind'];
  /** One line for the report, e.g. `db1 crashes`. */
  readonly description: string;
  /** Hosts that it breaks. */
  readonly targets: readonly string[];
  plan(world: FaultContext): Promise<U>;
  inject(world: FaultContext, undo: U): Promise<void>;
  /** Effect probe: whether the fault took effect. Polled until it has, or until the deadline. */
  probeEffect(world: FaultContext, undo: U): Promise<Observation>;
}

/** Reverts the faults of one kind, from the record alone. Both functions are idempotent and safe when nothing was injected. */
export interface UndoMethod<U> {
  undo(world: FaultContext, undo: U): Promise<void>;
  /** Clear probe: whether the fault is reverted and its hosts are back. */
  probeClear(world: FaultContext, undo: U): Promise<Observation>;
}
