import type { Observation, StackContext } from '../../deploy/observe/observation.ts';

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
  plan(world: StackContext): Promise<U>;
  inject(world: StackContext, undo: U): Promise<void>;
  /** Effect probe: whether the fault took effect. Polled until it has, or until the deadline. */
  probeEffect(world: StackContext, undo: U): Promise<Observation>;
}

/** Reverts the faults of one kind, from the record alone. Both functions are idempotent and safe when nothing was injected. */
export interface UndoMethod<U> {
  undo(world: StackContext, undo: U): Promise<void>;
  /** Clear probe: whether the fault is reverted and its hosts are back. */
  probeClear(world: StackContext, undo: U): Promise<Observation>;
}
