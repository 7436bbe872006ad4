import type { Agreement } from './agree.ts';
import { mailTextOf } from './mail-text.ts';
import type { Notification } from './notification.ts';
import type { SendMail, Sending } from './smtp.ts';
import type { QueuedMail, Spool } from './spool.ts';

/** The loop that empties the spool. */
export interface Delivery extends AsyncDisposable {
  /** Something was put into the spool. */
  readonly wake: () => void;
}

interface DeliveryOptions {
  readonly spool: Spool;
  readonly send: SendMail;
  /** Asks the other notifiers; see {@link Agreement}. */
  readonly agree: (mail: QueuedMail) => Promise<Agreement>;
  readonly now: () => number;
  /** First wait after a failure; doubles up to {@link maxBackoffMs}. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  /** A mail that could not be sent for this long is dead. */
  readonly maxAgeMs: number;
  readonly onSending: (mail: QueuedMail, sending: Sending | { readonly outcome: 'known' }) => void;
}

/** Waits of one mail, or of all of them when no server takes anything. */
interface Backoff {
  readonly failures: number;
  readonly untilMs: number;
}

const ALL = 'all';

/** Starts delivering, one mail at a time, oldest first; a mail waits for older ones of its own thread. */
export function openDelivery(options: DeliveryOptions): Delivery {
  const { spool, send, now } = options;
  const backoffs = new Map<string, Backoff>();
  const stopping = new AbortController();
  let wake: () => void = () => undefined;

  const fail = (key: string): void => {
    const failures = (backoffs.get(key)?.failures ?? 0) + 1;
    const waitMs = Math.min(options.maxBackoffMs, options.minBackoffMs * 2 ** (failures - 1));
    backoffs.set(key, { failures, untilMs: now() + waitMs });
  };
  const deliver = async (mail: QueuedMail): Promise<void> => {
    const agreement = await options.agree(mail);
    if (agreement.decision === 'wait') {
      backoffs.set(mail.key, { failures: 0, untilMs: now() + options.minBackoffMs });
      return;
    }
    if (agreement.decision === 'drop') {
      backoffs.delete(mail.key);
      spool.drop(mail);
      options.onSending(mail, { outcome: 'known' });
      return;
    }
    const sending = await send(mailTextOf(agreement.notification, mail.repetition));
    settle(mail, sending, agreement.notification);
    options.onSending(mail, sending);
  };
  const settle = (mail: QueuedMail, sending: Sending, told: Notification): void => {
    if (sending.outcome !== 'unreachable') backoffs.delete(ALL);
    if (sending.outcome === 'sent') {
      backoffs.delete(mail.key);
      spool.markTold(told, now());
      spool.drop(mail);
    } else if (sending.outcome === 'refused') spool.bury(mail, sending.reason);
    else if (now() - mail.queuedAtMs > options.maxAgeMs) spool.bury(mail, `given up: ${sending.reason}`);
    else fail(sending.outcome === 'unreachable' ? ALL : mail.key);
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const next = nextMail(spool.queue(), backoffs, now());
      if (next.mail !== undefined) {
        await deliver(next.mail);
        continue;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, next.waitMs ?? options.maxBackoffMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = run();
  return {
    wake: () => {
      wake();
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      wake();
      await running;
    },
  };
}

/** The mail to send now, or how long to wait for one (`undefined`: there is none). */
export function nextMail(
  queue: readonly QueuedMail[],
  backoffs: ReadonlyMap<string, Backoff>,
  nowMs: number,
): { readonly mail?: QueuedMail; readonly waitMs?: number } {
  const allUntil = backoffs.get(ALL)?.untilMs ?? 0;
  const threads = new Set<string>();
  let earliest = Number.POSITIVE_INFINITY;
  for (const mail of queue) {
    const { thread } = mail.notification;
    if (threads.has(thread)) continue;
    threads.add(thread);
    const due = Math.max(allUntil, backoffs.get(mail.key)?.untilMs ?? 0);
    if (due <= nowMs) return { mail };
    earliest = Math.min(earliest, due);
  }
  return Number.isFinite(earliest) ? { waitMs: earliest - nowMs } : {};
}
