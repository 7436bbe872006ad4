import type { Topology } from '../../deploy/model/topology.ts';
import type { Hosts } from '../../kit/hosts.ts';

/** What faults act on: the model, and the hands that reach its hosts. */
export interface FaultContext {
  readonly topology: Topology;
  readonly hosts: Hosts;
}

/** One look at the world by a probe. */
export interface Observation {
  /** Whether what the probe looks for is there. */
  readonly seen: boolean;
  /** What was measured, for the evidence: with units. */
  readonly text: string;
}

/**
 * Something that is broken on purpose. It names hosts of the topology, never containers.
 *
 * `plan` only reads the world and returns all that another process needs to undo the fault; that is on disk before
 * `inject` is called. Undoing and the clear probe belong to the record, not to the fault: see `bindUndo`.
 */
export interface Fault<U extends { readonly kind: string }> {
  readonly kind: U['kind'];
  /** One line for the report, e.g. `db1 crashes`. */
  readonly description: string;
  /** Hosts that it breaks. */
  readonly targets: readonly string[];
  plan(world: FaultContext): Promise<U>;
  inject(world: FaultContext, undo: U): Promise<void>;
  /** Whether it bit. Asked again and again until it is seen or the time is up. */
  probeEffect(world: FaultContext, undo: U): Promise<Observation>;
}

/** How the faults of one kind are undone, from the record alone. Both are idempotent and safe when nothing was injected. */
export interface UndoMethod<U> {
  undo(world: FaultContext, undo: U): Promise<void>;
  /** Whether the fault is gone and its hosts are back. */
  probeClear(world: FaultContext, undo: U): Promise<Observation>;
}
