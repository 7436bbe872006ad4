import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, messageOf } from './errors.ts';

/** A signal that aborts with `signal`, or after `ms` milliseconds, whichever is first. */
export function deadlineSignal(ms: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(ms);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

/** A signal of one's own, for what usually ends well before its deadline. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * As {@link deadlineSignal}, but nothing is left of it once it is disposed of: what is asked several times a second would otherwise wake the
 * process again for every deadline that nobody waits for any more.
 */
export function openDeadline(ms: number, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort(signal.reason);
  };
  const timer = setTimeout(() => {
    controller.abort(new HoldfastError('deadline', `no answer within ${ms} ms`));
  }, ms);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
}

interface WaitOptions {
  /** Names what is waited for, in the error. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Polls `probe` until it answers something other than `undefined` or `false`, and returns that.
 * A probe that throws counts as "not yet"; its last error is the cause of the `deadline` error.
 */
export async function waitFor<T>(
  probe: (signal: AbortSignal) => Promise<T | undefined | false>,
  options: WaitOptions,
): Promise<T> {
  const { what, deadlineMs, intervalMs = 200 } = options;
  const signal = deadlineSignal(deadlineMs, options.signal);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
  // Who waits for it is told in the loop.
  aborted.catch(() => undefined);
  let lastError: unknown;
  while (!signal.aborted) {
    try {
      // A probe that hangs must not outlive the deadline.
      const answer = await Promise.race([probe(signal), aborted]);
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      if (error !== signal.reason) lastError = error;
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
  options.signal?.throwIfAborted();
  const reason = lastError === undefined ? '' : `: ${messageOf(lastError)}`;
  throw new HoldfastError('deadline', `${what}: not seen within ${deadlineMs / 1000} s${reason}`, { cause: lastError });
}
