import { messageOf } from '../../kit/errors.ts';
import type { GuaranteeOutcome, ProveOutcome } from '../runner/outcome.ts';
import type { ProveOptions } from '../runner/prove.ts';
import { interruptedOutcome } from '../runner/interrupted-outcome.ts';
import { writeReport } from './write-report.ts';

interface ReportOptions {
  readonly prove: (options: ProveOptions) => Promise<ProveOutcome>;
  /** Folder of all reports. */
  readonly reports: string;
}

/** A run that was told of, and the path of its page. */
export interface Reported {
  readonly outcome: ProveOutcome;
  readonly page: string;
}

/**
 * Runs `prove` and writes its report. One that is interrupted after at least one experiment has a report, too, of what it came to; then
 * `onInterrupted` is called and what `prove` threw is thrown on. Before that there is nothing to tell, and the report of the last run stays the latest.
 */
export async function reportRun(
  options: ProveOptions & { readonly onInterrupted: (reported: Reported) => void },
  { prove, reports }: ReportOptions,
): Promise<Reported> {
  const startedAt = Date.now();
  const finished: GuaranteeOutcome[] = [];
  const onOutcome = (outcome: GuaranteeOutcome): void => {
    finished.push(outcome);
    options.onOutcome?.(outcome);
  };
  try {
    const outcome = await prove({ ...options, onOutcome });
    return { outcome, page: await writeReport(outcome, reports) };
  } catch (error) {
    if (!options.signal.aborted || finished.length === 0) throw error;
    const outcome = interruptedOutcome({ ...options, finished, startedAt, endedAt: Date.now() });
    await writeReport(outcome, reports).then(
      (page) => {
        options.onInterrupted({ outcome, page });
      },
      // Why the run ended is what has to be told.
      (failure: unknown) => {
        options.onProgress(`Could not write the report of the finished guarantees: ${messageOf(failure)}`);
      },
    );
    throw error;
  }
}
