import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { randomBytes } from 'node:crypto';
import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import { hostsOfUndo, type AnyFault } from '../faults/undo.ts';
import type { FaultRecord } from './fault-record.ts';
import { undoUntilClear } from './heal.ts';
import type { Journal } from './journal.ts';
import { ownIdentity } from '../../kit/process-identity.ts';

/** A fault that was injected. Disposing reverts it and waits for the clear probe; repeated calls have no further effect. */
export interface ActiveFault extends AsyncDisposable {
  readonly record: FaultRecord;
  /** When the injection was ordered, and when it had been carried out. Milliseconds since the epoch. */
  readonly orderedAt: number;
  readonly injectedAt: number;
  /** The observation of the effect probe. Without `seen`, the fault was not proven to have taken effect. */
  readonly effect: Observation;
  /** Runs the effect probe again. */
  checkEffect(): Promise<Observation>;
  /** Reverts the fault. Returns the clear probe's observation and its time. Throws `deadline` when the revert is not confirmed. */
  undo(): Promise<{ readonly observation: Observation; readonly at: number }>;
}

export interface OpenFaultOptions {
  readonly world: StackContext;
  readonly journal: Journal;
  /** Time from now until any process may revert the fault. */
  readonly leaseMs: number;
  readonly effectDeadlineMs?: number;
  readonly clearDeadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** Writes the undo record to disk, injects the fault, and runs the effect probe. After any error, the fault is reverted. */
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
    const effect = await waitForEffect(fault, { ...options, undo });
    return {
      record,
      orderedAt,
      injectedAt,
      effect,
      checkEffect: () => waitForEffect(fault, { ...options, undo, effectDeadlineMs: RECHECK_DEADLINE_MS }),
      undo: undoOnce,
      [Symbol.asyncDispose]: async () => {
        // The caller of undo() already got its error. The record stays open, and the healer continues.
        if (undoing === undefined) await undoOnce();
        else await undoing.catch(() => undefined);
      },
    };
  } catch (error) {
    await undoOnce();
    throw error;
  }
}

/** A proven effect needs no second wait. This time is for probes that are slow because of the fault. */
const RECHECK_DEADLINE_MS = 5_000;

async function waitForEffect(
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
