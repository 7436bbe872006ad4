import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, messageOf } from './errors.ts';

/** A signal that aborts with `signal` or after `ms` milliseconds, whichever is first. */
export function deadlineSignal(ms: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(ms);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

/** A disposable deadline, for operations that usually end long before it. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Like {@link deadlineSignal}, but disposing it removes the timer. Otherwise a request that is sent several times a second would wake the
 * process again for every expired deadline.
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
  /** The awaited condition, for the error message. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Polls `probe` until it returns a value other than `undefined` or `false`, and returns that value.
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
  // The loop handles the abort; this only prevents an unhandled rejection.
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
