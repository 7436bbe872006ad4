import { randomBytes } from 'node:crypto';
import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import type { FaultContext, Observation } from '../faults/fault.ts';
import { hostsOfUndo, type AnyFault } from '../faults/undo.ts';
import type { FaultRecord } from './fault-record.ts';
import { undoUntilClear } from './heal.ts';
import type { Journal } from './journal.ts';
import { ownIdentity } from '../../kit/process-identity.ts';

/** A fault that is in the world. Disposing undoes it and waits until that is seen; doing so twice does nothing more. */
export interface ActiveFault extends AsyncDisposable {
  readonly record: FaultRecord;
  /** When the injection was ordered, and when it had been carried out. Milliseconds since the epoch. */
  readonly orderedAt: number;
  readonly injectedAt: number;
  /** What the effect probe saw: not `seen` means that the fault was not proven to have taken effect. */
  readonly effect: Observation;
  /** Looks again whether it is there. */
  look(): Promise<Observation>;
  /** Undoes it; the clear probe's observation and when it was made. Throws `deadline` when the fault does not go away. */
  undo(): Promise<{ readonly observation: Observation; readonly at: number }>;
}

export interface OpenFaultOptions {
  readonly world: FaultContext;
  readonly journal: Journal;
  /** From now until anybody may undo it. */
  readonly leaseMs: number;
  readonly effectDeadlineMs?: number;
  readonly clearDeadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** Writes the undo record to disk, injects the fault, and looks whether it bit. Whatever fails on the way, it is undone. */
export async function openFault(fault: AnyFault, options: OpenFaultOptions): Promise<ActiveFault> {
  const { world, journal, clearDeadlineMs = 90_000, signal } = options;
  const undo = await fault.plan(world);
  signal?.throwIfAborted();
  const createdAt = Date.now();
  const record: FaultRecord = {
    id: `${new Date(createdAt).toISOString().replaceAll(/[^0-9]/g, '')}-${fault.kind}-${randomBytes(3).toString('hex')}`,
    kind: fault.kind,
    description: fault.description,
    hosts: [...hostsOfUndo(undo)],
    undo,
    injectedBy: ownIdentity(),
    createdAt,
    deadlineAt: createdAt + options.leaseMs,
    state: 'planned',
  };
  await journal.write(record);
  let undoing: Promise<{ observation: Observation; at: number }> | undefined;
  const undoOnce = (): Promise<{ observation: Observation; at: number }> => {
    undoing ??= undoUntilClear(world, { journal, record, deadlineMs: clearDeadlineMs }).then((observation) => ({
      observation,
      at: Date.now(),
    }));
    return undoing;
  };
  try {
    const orderedAt = Date.now();
    await fault.inject(world, undo);
    const injectedAt = Date.now();
    await journal.write({ ...record, state: 'injected' });
    const effect = await lookForEffect(fault, { ...options, undo });
    return {
      record,
      orderedAt,
      injectedAt,
      effect,
      look: () => lookForEffect(fault, { ...options, undo, effectDeadlineMs: SECOND_LOOK_MS }),
      undo: undoOnce,
      [Symbol.asyncDispose]: async () => {
        // Who called undo() was told of its failure; the record stays open, and the healer goes on.
        if (undoing === undefined) await undoOnce();
        else await undoing.catch(() => undefined);
      },
    };
  } catch (error) {
    await undoOnce();
    throw error;
  }
}

/** What was seen once needs no second wait; the time is for probes that are slow because of the fault. */
const SECOND_LOOK_MS = 5_000;

async function lookForEffect(
  fault: AnyFault,
  options: OpenFaultOptions & { readonly undo: FaultRecord['undo'] },
): Promise<Observation> {
  const { world, undo, effectDeadlineMs = 10_000, signal } = options;
  let last: Observation = { seen: false, text: 'the effect probe never answered' };
  try {
    return await waitFor(
      async () => {
        last = await fault.probeEffect(world, undo);
        return last.seen ? last : undefined;
      },
      {
        what: 'the effect',
        deadlineMs: effectDeadlineMs,
        intervalMs: 200,
        ...(signal === undefined ? {} : { signal }),
      },
    );
  } catch (error) {
    signal?.throwIfAborted();
    return { seen: false, text: `not proven within ${effectDeadlineMs / 1_000} s: ${last.text} (${messageOf(error)})` };
  }
}
