import type { StackContext } from '../../deploy/observe/observation.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRecord } from '../../chaos/journal/fault-record.ts';
import { healJournal, isAbandoned } from '../../chaos/journal/heal.ts';
import type { Journal } from '../../chaos/journal/journal.ts';
import { processRuns, type ProcessIdentity } from '../../kit/process-identity.ts';
import { messageOf } from '../../kit/errors.ts';

export interface HealerOptions {
  readonly context: StackContext;
  readonly journal: Journal;
  /** The process that injects faults. While it runs, it reverts its faults itself until their deadlines. */
  readonly runner: ProcessIdentity;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  /** Default 500. */
  readonly intervalMs?: number;
  /** Passed to the healing of each record. */
  readonly deadlineMs?: number;
}

/**
 * Watches the journal and reverts abandoned faults: those whose deadline has passed, and those whose owner has exited.
 * Ends when no fault is left and the runner has exited. Retries a failed revert forever.
 */
export async function runHealer(options: HealerOptions): Promise<void> {
  const { context, journal, runner, log, signal, intervalMs = 500, deadlineMs } = options;
  const loggedPaths = new Set<string>();
  while (!signal.aborted) {
    try {
      const report = await healJournal(context, journal, {
        select: isAbandoned,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
        onRecord: (record) => {
          log(`reverting ${record.description}: ${reasonFor(record)}`);
        },
      });
      for (const record of report.records) {
        log(`${record.ok ? 'healed' : 'not healed yet'}: ${record.description}: ${record.text}`);
      }
      for (const record of report.unreadable.filter(({ path }) => !loggedPaths.has(path))) {
        loggedPaths.add(record.path);
        log(`cannot read ${record.path}: ${record.reason}`);
      }
      if (!processRuns(runner) && (await journal.read()).open.length === 0) return;
    } catch (error) {
      log(`will retry: ${messageOf(error)}`);
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

function reasonFor(record: FaultRecord): string {
  if (!processRuns(record.injectedBy)) return `its owner, process ${record.injectedBy.pid}, has exited`;
  return `its deadline passed ${((Date.now() - record.deadlineAt) / 1_000).toFixed(1)} s ago`;
}
