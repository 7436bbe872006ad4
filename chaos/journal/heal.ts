import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import type { FaultContext, Observation } from '../faults/fault.ts';
import { bindUndo } from '../faults/undo.ts';
import type { FaultRecord } from './fault-record.ts';
import { processRuns } from '../../kit/process-identity.ts';
import type { Journal, UnreadableRecord } from './journal.ts';

/** How the undoing of one record went. */
export interface HealedRecord {
  readonly id: string;
  readonly description: string;
  readonly ok: boolean;
  /** What the clear probe saw, or what went wrong. */
  readonly text: string;
  readonly ms: number;
}

export interface HealReport {
  readonly records: readonly HealedRecord[];
  readonly unreadable: readonly UnreadableRecord[];
  /** What was not chosen: somebody else will undo it. */
  readonly spared: readonly FaultRecord[];
}

export interface HealOptions {
  /** For each record: undoing and seeing its hosts back. Default 90 s: a database node joins its group in 10 to 30. */
  readonly deadlineMs?: number;
  /** Which records; default all that are open. */
  readonly select?: (record: FaultRecord) => boolean;
  readonly onRecord?: (record: FaultRecord) => void;
}

/**
 * Undoes every open fault and waits until each is seen to be gone. Safe to repeat, and beside another healer. A failure
 * does not keep the others from being healed: it is in the report, and its record stays for the next try.
 */
export async function healJournal(
  world: FaultContext,
  journal: Journal,
  options: HealOptions = {},
): Promise<HealReport> {
  const { select = () => true, onRecord } = options;
  const { open, unreadable } = await journal.read();
  // Asked once: a run that dies meanwhile must not be in neither list.
  const { chosen = [], spared = [] } = Object.groupBy(open, (record) => (select(record) ? 'chosen' : 'spared'));
  // Hosts first come back all at once, and only then are waited for: a database group may need several of them.
  const records = await Promise.all(
    chosen.map((record) => {
      onRecord?.(record);
      return healRecord(world, { journal, record, deadlineMs: options.deadlineMs ?? 90_000 });
    }),
  );
  return { records, unreadable, spared };
}

/** A fault that nobody will undo: its deadline has passed, or its owner is dead. */
export function isLeftBehind(record: FaultRecord): boolean {
  return Date.now() >= record.deadlineAt || !processRuns(record.injectedBy);
}

interface OneRecord {
  readonly journal: Journal;
  readonly record: FaultRecord;
  readonly deadlineMs: number;
}

async function healRecord(world: FaultContext, one: OneRecord): Promise<HealedRecord> {
  const { id, description } = one.record;
  const begin = performance.now();
  try {
    const observation = await undoUntilClear(world, one);
    return { id, description, ok: true, text: observation.text, ms: performance.now() - begin };
  } catch (error) {
    return { id, description, ok: false, text: messageOf(error), ms: performance.now() - begin };
  }
}

/** Undoes a fault, waits for its clear probe, and closes its record. Throws `deadline` with what the probe last saw. */
export async function undoUntilClear(world: FaultContext, one: OneRecord): Promise<Observation> {
  const { journal, record, deadlineMs } = one;
  const bound = bindUndo(record.undo);
  let last: Observation | undefined;
  let undone = false;
  const observation = await waitFor(
    async () => {
      if (!undone) {
        await bound.undo(world);
        undone = true;
      }
      last = await bound.probeClear(world);
      if (!last.seen) throw new Error(last.text);
      return last;
    },
    { what: `${record.description}: reverted and confirmed`, deadlineMs, intervalMs: 250 },
  );
  await journal.remove(record.id);
  return observation;
}

/** One line per record, as shown in a terminal. Nothing to heal is said too. */
export function renderHealReport(report: HealReport): string {
  const lines = report.records.map((record) => {
    const seconds = (record.ms / 1_000).toFixed(1);
    return `${record.ok ? 'healed' : 'NOT HEALED'}: ${record.description} (${seconds} s): ${record.text}`;
  });
  const unreadable = report.unreadable.map((record) => `unreadable record ${record.path}: ${record.reason}`);
  const spared = report.spared.map(
    ({ description, injectedBy }) =>
      `not reverted: ${description}: process ${injectedBy.pid}, which injected it, is still running; --force reverts it anyway`,
  );
  return [...lines, ...unreadable, ...spared].join('\n') || 'nothing to heal';
}

/** Whether nothing is left to do. */
export function isHealed(report: HealReport): boolean {
  return report.unreadable.length === 0 && report.records.every((record) => record.ok);
}
