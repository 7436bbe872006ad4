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

/** The outcome of a run, and the path of its HTML report. */
export interface Reported {
  readonly outcome: ProveOutcome;
  readonly page: string;
}

/**
 * Runs `prove` and writes its report. A run that is interrupted after at least one experiment has a report of its finished experiments, too: then
 * `onInterrupted` is called, and the error of `prove` is rethrown. A run without a finished experiment has no report; the last report stays the latest.
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
      // The error of `prove` is thrown below, not this one.
      (failure: unknown) => {
        options.onProgress(`Could not write the report of the finished guarantees: ${messageOf(failure)}`);
      },
    );
    throw error;
  }
}
