import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultContext } from '../../chaos/faults/fault.ts';
import type { FaultRecord } from '../../chaos/journal/fault-record.ts';
import { healJournal, isLeftBehind } from '../../chaos/journal/heal.ts';
import type { Journal } from '../../chaos/journal/journal.ts';
import { processRuns, type ProcessIdentity } from '../../kit/process-identity.ts';
import { messageOf } from '../../kit/errors.ts';

export interface HealerOptions {
  readonly world: FaultContext;
  readonly journal: Journal;
  /** The process that injects faults: while it lives, its faults are its own until their deadlines. */
  readonly runner: ProcessIdentity;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  /** Default 500. */
  readonly intervalMs?: number;
  /** Passed to the healing of each record. */
  readonly deadlineMs?: number;
}

/**
 * Watches the journal, and undoes what nobody else will: faults whose deadline has passed, and faults whose owner is dead.
 * Ends when nothing is left to undo and the runner is gone. A world that cannot be mended now is tried again for ever.
 */
export async function runHealer(options: HealerOptions): Promise<void> {
  const { world, journal, runner, log, signal, intervalMs = 500, deadlineMs } = options;
  const known = new Set<string>();
  while (!signal.aborted) {
    try {
      const report = await healJournal(world, journal, {
        select: isLeftBehind,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
        onRecord: (record) => {
          log(`reverting ${record.description}: ${reasonFor(record)}`);
        },
      });
      for (const record of report.records) {
        log(`${record.ok ? 'healed' : 'not healed yet'}: ${record.description}: ${record.text}`);
      }
      for (const record of report.unreadable.filter(({ path }) => !known.has(path))) {
        known.add(record.path);
        log(`cannot read ${record.path}: ${record.reason}`);
      }
      if (!processRuns(runner) && (await journal.read()).open.length === 0) return;
    } catch (error) {
      log(`will try again: ${messageOf(error)}`);
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

function reasonFor(record: FaultRecord): string {
  if (!processRuns(record.injectedBy)) return `its owner, process ${record.injectedBy.pid}, is gone`;
  return `its deadline passed ${((Date.now() - record.deadlineAt) / 1_000).toFixed(1)} s ago`;
}
