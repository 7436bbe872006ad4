import { messageOf } from '../../kit/errors.ts';
import type { Agreement } from './deduplicate.ts';
import { ALL, decideDispatch } from './decide-dispatch.ts';
import type { MailText } from './mail-text.ts';
import type { Notification } from './notification.ts';
import type { SendMail, Sending } from './smtp.ts';
import type { QueuedMail } from './queued-mail.ts';
import type { Spool } from './spool.ts';
import type { Telling } from './inflight.ts';

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
  readonly writeDigest: (mails: readonly QueuedMail[]) => MailText;
  /** More groups than this within that time are told in one mail. */
  readonly flood: { readonly groups: number; readonly withinMs: number };
  /** What people call now; it may be set anew. */
  readonly now: () => number;
  /** Time that only passes, in ms: by it waits are told. */
  readonly elapsed: () => number;
  /** First wait after a failure; doubles up to {@link maxBackoffMs}. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  /** A mail that could not be sent for this long is dead. */
  readonly maxAgeMs: number;
  /** `mails`: what was told by one mail, or was to be. */
  readonly onSending: (mails: readonly QueuedMail[], delivered: Delivered) => void;
  readonly log: (line: string) => void;
}

/** Starts delivering, one mail at a time, in the order that {@link decideDispatch} says. */
export function openDelivery(options: DeliveryOptions): Delivery {
  const { spool, now, elapsed } = options;
  const backoffs = new Map<string, { readonly failures: number; readonly untilMs: number }>();
  const stopping = new AbortController();
  let told: readonly { readonly thread: string; readonly atMs: number }[] = [];
  let lastDigestMs: number | undefined;
  let wake: () => void = () => undefined;

  const fail = (key: string): void => {
    const failures = (backoffs.get(key)?.failures ?? 0) + 1;
    const waitMs = Math.min(options.maxBackoffMs, options.minBackoffMs * 2 ** (failures - 1));
    backoffs.set(key, { failures, untilMs: elapsed() + waitMs });
  };
  /** What of these mails is to be told now; what others have told is dropped, what others have in hand waits. */
  const agree = async (mails: readonly QueuedMail[]): Promise<readonly QueuedMail[]> => {
    const agreements = await Promise.all(mails.map(async (mail) => [mail, await options.agree(mail)] as const));
    return agreements.flatMap(([mail, agreement]) => {
      if (agreement.decision === 'send') {
        const { notification, repetition } = agreement;
        return [{ ...mail, notification, repetition }];
      }
      if (agreement.decision === 'wait') leave(mail);
      else forget(mail);
      return [];
    });
  };
  /** Whether to tell again what may have arrived: unless others have told all of it, or have in hand what they have not. */
  const agreeAgain = async (telling: Telling): Promise<boolean> => {
    const agreements = await Promise.all(telling.mails.map(options.agree));
    const decisions = new Set(agreements.map(({ decision }) => decision));
    if (decisions.has('send')) return true;
    if (decisions.has('wait')) telling.mails.forEach(leave);
    else {
      telling.mails.forEach(forget);
      spool.tellings.end(telling);
    }
    return false;
  };
  const leave = (mail: QueuedMail): void => {
    backoffs.set(mail.key, { failures: 0, untilMs: elapsed() + options.minBackoffMs });
  };
  const forget = (mail: QueuedMail): void => {
    backoffs.delete(mail.key);
    spool.drop(mail);
    options.onSending([mail], { outcome: 'known' });
  };
  const deliver = async (queued: readonly QueuedMail[]): Promise<void> => {
    const mails = await agree(queued);
    const [first] = mails;
    if (first === undefined) return;
    const telling = { id: first.key, mails };
    onDisk('what is being told', () => {
      spool.tellings.begin(telling);
    });
    const { outcome } = await tell(telling);
    if (outcome !== 'unsure') spool.tellings.end(telling);
  };
  const deliverAgain = async (telling: Telling): Promise<void> => {
    if (!(await agreeAgain(telling))) return;
    await tell(telling);
    const queued = new Set(spool.queue().map(({ key }) => key));
    // Only an acceptance or a refusal says whether it arrived: another server may be the one that cannot be reached.
    if (!telling.mails.some(({ key }) => queued.has(key))) spool.tellings.end(telling);
  };
  const tell = async ({ mails }: Telling): Promise<Sending> => {
    const [first] = mails;
    const text =
      first !== undefined && mails.length === 1
        ? await options.write(first.notification, first.repetition)
        : options.writeDigest(mails);
    const sending = await options.send(text);
    if (sending.outcome !== 'unreachable') backoffs.delete(ALL);
    if (sending.outcome === 'unreachable' && mails.every((mail) => !isTooOld(mail))) fail(ALL);
    else for (const mail of mails) settle(mail, sending);
    if (sending.outcome === 'sent' && mails.length > 1) lastDigestMs = elapsed();
    options.onSending(mails, sending);
    return sending;
  };
  /** A disk that takes no more must not end this process between a mail and its note: the next life would send the mail again, and again. */
  const onDisk = (what: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      options.log(`${what} is not on disk: ${messageOf(error)}`);
    }
  };
  const isTooOld = (mail: QueuedMail): boolean => now() - mail.queuedAtMs > options.maxAgeMs;
  const settle = (mail: QueuedMail, sending: Sending): void => {
    const { notification } = mail;
    if (sending.outcome === 'sent') {
      backoffs.delete(mail.key);
      onDisk('what was told', () => {
        spool.markTold(mail, now());
      });
      spool.drop(mail);
      const lately = told.filter(({ atMs }) => elapsed() - atMs < options.flood.withinMs);
      told = [...lately, { thread: notification.thread, atMs: elapsed() }];
    } else if (sending.outcome === 'refused') bury(mail, sending.reason);
    else if (isTooOld(mail)) bury(mail, `given up: ${sending.reason}`);
    else fail(sending.outcome === 'unreachable' ? ALL : mail.key);
  };
  /** Where the disk takes no more, the mail stays in the queue and waits its turn. */
  const bury = (mail: QueuedMail, reason: string): void => {
    fail(mail.key);
    onDisk('what has to be put aside', () => {
      spool.bury(mail, reason);
      backoffs.delete(mail.key);
    });
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const next = decideDispatch(spool.queue(), {
        ...{ ...options, backoffs, told, lastDigestMs },
        ...{ tellings: spool.tellings.list(), nowMs: elapsed(), clockMs: now() },
      });
      if (next.kind !== 'wait') {
        if (next.kind === 'again') await deliverAgain(next.telling);
        else await deliver(next.kind === 'one' ? [next.mail] : next.mails);
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
