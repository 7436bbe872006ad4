import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import { bindUndo } from '../faults/undo.ts';
import type { FaultRecord } from './fault-record.ts';
import { processRuns } from '../../kit/process-identity.ts';
import type { Journal, UnreadableRecord } from './journal.ts';

/** Result of reverting the fault of one record. */
export interface HealedRecord {
  readonly id: string;
  readonly description: string;
  readonly ok: boolean;
  /** The observation of the clear probe, or the error. */
  readonly text: string;
  readonly ms: number;
}

export interface HealReport {
  readonly records: readonly HealedRecord[];
  readonly unreadable: readonly UnreadableRecord[];
  /** Records that `select` excluded. Their owners revert these faults. */
  readonly spared: readonly FaultRecord[];
}

export interface HealOptions {
  /** For each record, until the fault is reverted and its hosts are back. Default 90 s: a database node rejoins its group in 10 to 30 s. */
  readonly deadlineMs?: number;
  /** Which records; default all that are open. */
  readonly select?: (record: FaultRecord) => boolean;
  readonly onRecord?: (record: FaultRecord) => void;
}

/**
 * Reverts every open fault and waits for each clear probe. Idempotent, and safe while another healer runs. A failure
 * does not stop the others: it is in the report, and its record stays for the next attempt.
 */
export async function healJournal(
  world: StackContext,
  journal: Journal,
  options: HealOptions = {},
): Promise<HealReport> {
  const { select = () => true, onRecord } = options;
  const { open, unreadable } = await journal.read();
  // `select` is called once per record: with two calls, a record whose run exits in between could be in neither list.
  const { chosen = [], spared = [] } = Object.groupBy(open, (record) => (select(record) ? 'chosen' : 'spared'));
  // All records are reverted in parallel: a database group may need several hosts before any of them is healthy.
  const records = await Promise.all(
    chosen.map((record) => {
      onRecord?.(record);
      return healRecord(world, { journal, record, deadlineMs: options.deadlineMs ?? 90_000 });
    }),
  );
  return { records, unreadable, spared };
}

/** Whether a fault is abandoned: its lease has expired, or the process that injected it has exited. */
export function isAbandoned(record: FaultRecord): boolean {
  return Date.now() >= record.deadlineAt || !processRuns(record.injectedBy);
}

interface OneRecord {
  readonly journal: Journal;
  readonly record: FaultRecord;
  readonly deadlineMs: number;
}

async function healRecord(world: StackContext, one: OneRecord): Promise<HealedRecord> {
  const { id, description } = one.record;
  const begin = performance.now();
  try {
    const observation = await undoUntilClear(world, one);
    return { id, description, ok: true, text: observation.text, ms: performance.now() - begin };
  } catch (error) {
    return { id, description, ok: false, text: messageOf(error), ms: performance.now() - begin };
  }
}

/** Reverts a fault, waits for its clear probe, and removes its record. Throws `deadline` with the last observation of the probe. */
export async function undoUntilClear(world: StackContext, one: OneRecord): Promise<Observation> {
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

/** One line per record, as shown in a terminal; one line also without any record. */
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

/** Whether every record was readable and every selected fault is reverted. */
export function isHealed(report: HealReport): boolean {
  return report.unreadable.length === 0 && report.records.every((record) => record.ok);
}
