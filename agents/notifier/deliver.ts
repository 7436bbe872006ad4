import { messageOf } from '../../kit/errors.ts';
import type { Agreement } from './agree.ts';
import { ALL, decideDispatch } from './decide-dispatch.ts';
import type { MailText } from './mail-text.ts';
import type { Notification } from './notification.ts';
import type { SendMail, Sending } from './smtp.ts';
import type { QueuedMail } from './queued-mail.ts';
import type { Spool } from './spool.ts';

/** The loop that empties the spool. */
export interface Delivery extends AsyncDisposable {
  /** Something was put into the spool. */
  readonly wake: () => void;
}

/** How it ended; `known`: another notifier had told it. */
export type Delivered = Sending | { readonly outcome: 'known' };

interface DeliveryOptions {
  readonly spool: Spool;
  readonly send: SendMail;
  /** Asks the other notifiers; see {@link Agreement}. */
  readonly agree: (mail: QueuedMail) => Promise<Agreement>;
  readonly write: (notification: Notification, repetition: number) => Promise<MailText>;
  readonly writeDigest: (notifications: readonly Notification[]) => MailText;
  /** More groups than this within that time are told in one mail. */
  readonly flood: { readonly groups: number; readonly withinMs: number };
  readonly now: () => number;
  /** First wait after a failure; doubles up to {@link maxBackoffMs}. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  /** A mail that could not be sent for this long is dead. */
  readonly maxAgeMs: number;
  /** `mails`: what was told by one mail, or was to be. */
  readonly onSending: (mails: readonly QueuedMail[], delivered: Delivered) => void;
  readonly log: (line: string) => void;
}

/** A mail with what of it is to be told. */
interface Agreed {
  readonly mail: QueuedMail;
  readonly notification: Notification;
}

/** Starts delivering, one mail at a time, in the order that {@link decideDispatch} says. */
export function openDelivery(options: DeliveryOptions): Delivery {
  const { spool, now } = options;
  const backoffs = new Map<string, { readonly failures: number; readonly untilMs: number }>();
  const stopping = new AbortController();
  let told: readonly { readonly thread: string; readonly atMs: number }[] = [];
  let lastDigestMs: number | undefined;
  let wake: () => void = () => undefined;

  const fail = (key: string): void => {
    const failures = (backoffs.get(key)?.failures ?? 0) + 1;
    const waitMs = Math.min(options.maxBackoffMs, options.minBackoffMs * 2 ** (failures - 1));
    backoffs.set(key, { failures, untilMs: now() + waitMs });
  };
  /** What of these mails is to be told now; what others have told is dropped, what others have in hand waits. */
  const agree = async (mails: readonly QueuedMail[]): Promise<readonly Agreed[]> => {
    const agreements = await Promise.all(mails.map(async (mail) => [mail, await options.agree(mail)] as const));
    return agreements.flatMap(([mail, agreement]) => {
      if (agreement.decision === 'send') return [{ mail, notification: agreement.notification }];
      if (agreement.decision === 'wait') {
        backoffs.set(mail.key, { failures: 0, untilMs: now() + options.minBackoffMs });
        return [];
      }
      backoffs.delete(mail.key);
      spool.drop(mail);
      options.onSending([mail], { outcome: 'known' });
      return [];
    });
  };
  const deliver = async (mails: readonly QueuedMail[]): Promise<void> => {
    const agreed = await agree(mails);
    const [first] = agreed;
    if (first === undefined) return;
    const text =
      agreed.length === 1
        ? await options.write(first.notification, first.mail.repetition)
        : options.writeDigest(agreed.map(({ notification }) => notification));
    const sending = await options.send(text);
    if (sending.outcome !== 'unreachable') backoffs.delete(ALL);
    if (sending.outcome === 'unreachable' && agreed.every(({ mail }) => !isTooOld(mail))) fail(ALL);
    else for (const one of agreed) settle(one, sending);
    if (sending.outcome === 'sent' && agreed.length > 1) lastDigestMs = now();
    options.onSending(
      agreed.map(({ mail }) => mail),
      sending,
    );
  };
  /** A disk that takes no more must not end this process between a mail and its note: the next life would send the mail again, and again. */
  const noteTold = (notification: Notification): void => {
    try {
      spool.markTold(notification, now());
    } catch (error) {
      options.log(`what was told is not on disk: ${messageOf(error)}`);
    }
  };
  const isTooOld = (mail: QueuedMail): boolean => now() - mail.queuedAtMs > options.maxAgeMs;
  const settle = ({ mail, notification }: Agreed, sending: Sending): void => {
    if (sending.outcome === 'sent') {
      backoffs.delete(mail.key);
      noteTold(notification);
      spool.drop(mail);
      const lately = told.filter(({ atMs }) => now() - atMs < options.flood.withinMs);
      told = [...lately, { thread: notification.thread, atMs: now() }];
    } else if (sending.outcome === 'refused') spool.bury(mail, sending.reason);
    else if (isTooOld(mail)) spool.bury(mail, `given up: ${sending.reason}`);
    else fail(sending.outcome === 'unreachable' ? ALL : mail.key);
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const next = decideDispatch(spool.queue(), { ...options, backoffs, told, lastDigestMs, nowMs: now() });
      if (next.kind !== 'wait') {
        await deliver(next.kind === 'one' ? [next.mail] : next.mails);
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
