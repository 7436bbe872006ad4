import { waitFor } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';

export interface WaitOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called with the unmet condition when it has changed, at most every two seconds, and again every 15 s. */
  readonly onWait: (unmet: string) => void;
}

const REPORT_INTERVAL_MS = 2_000;
const REPEAT_MS = 15_000;
const POLL_INTERVAL_MS = 500;

/**
 * Polls `findUnmet` until it returns an empty text. An error of it is an unmet condition too. Returns the last unmet condition after the deadline, or an
 * empty text. Throws the reason of `signal` when that aborts.
 */
export async function waitUntilMet(
  findUnmet: () => Promise<string>,
  { deadlineMs, signal, onWait }: WaitOptions,
): Promise<string> {
  let unmet = '';
  let reported = { unmet: '', atMs: 0 };
  const timer = setInterval(() => {
    const atMs = performance.now();
    if (unmet === '' || (unmet === reported.unmet && atMs - reported.atMs < REPEAT_MS)) return;
    onWait(unmet);
    reported = { unmet, atMs };
  }, REPORT_INTERVAL_MS);
  try {
    await waitFor(
      async () => {
        unmet = await findUnmet().catch(messageOf);
        return unmet === '';
      },
      { what: 'the condition', deadlineMs, intervalMs: POLL_INTERVAL_MS, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    return unmet || messageOf(error);
  } finally {
    clearInterval(timer);
  }
  return '';
}
