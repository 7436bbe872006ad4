import { messageOf } from '../../kit/errors.ts';
import type { Deduplication } from './deduplicate.ts';
import { ALL, decideDispatch } from './decide-dispatch.ts';
import type { MailText } from './mail-text.ts';
import type { Notification } from './notification.ts';
import type { SendMail, Sending } from './smtp.ts';
import type { QueuedMail } from './queued-mail.ts';
import type { Spool } from './spool.ts';
import type { InflightMail } from './inflight.ts';

/** The loop that empties the spool. */
export interface Delivery extends AsyncDisposable {
  /** Call after a mail was queued. */
  readonly wake: () => void;
}

/** The outcome of a delivery; `known`: another notifier had sent it. */
export type Delivered = Sending | { readonly outcome: 'duplicate' };

interface DeliveryOptions {
  readonly spool: Spool;
  readonly send: SendMail;
  /** Queries the other notifiers; see {@link Deduplication}. */
  readonly deduplicate: (mail: QueuedMail) => Promise<Deduplication>;
  readonly write: (notification: Notification, repetition: number) => Promise<MailText>;
  readonly writeDigest: (mails: readonly QueuedMail[]) => MailText;
  /** Alert storm: more groups than this within that time are combined in one digest. */
  readonly flood: { readonly groups: number; readonly withinMs: number };
  /** Wall-clock time in epoch ms; it may jump. */
  readonly now: () => number;
  /** Monotonic time in ms, for backoffs and windows. */
  readonly elapsed: () => number;
  /** First backoff after a failure; doubles up to {@link maxBackoffMs}. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  /** A mail that could not be sent for this long is moved to the dead-letter queue. */
  readonly maxAgeMs: number;
  /** `mails`: the queued mails that one sent mail covers. */
  readonly onSending: (mails: readonly QueuedMail[], delivered: Delivered) => void;
  readonly log: (line: string) => void;
}

/** Starts delivering, one mail at a time, in the order of {@link decideDispatch}. */
export function openDelivery(options: DeliveryOptions): Delivery {
  const { spool, now, elapsed } = options;
  const backoffs = new Map<string, { readonly failures: number; readonly untilMs: number }>();
  const stopping = new AbortController();
  let recentlySent: readonly { readonly thread: string; readonly atMs: number }[] = [];
  let lastDigestMs: number | undefined;
  let wake: () => void = () => undefined;

  const backOff = (key: string): void => {
    const failures = (backoffs.get(key)?.failures ?? 0) + 1;
    const waitMs = Math.min(options.maxBackoffMs, options.minBackoffMs * 2 ** (failures - 1));
    backoffs.set(key, { failures, untilMs: elapsed() + waitMs });
  };
  /** The mails to send now. Drops alerts that peers have sent, and postpones mails that peers have claimed. */
  const selectUnsent = async (mails: readonly QueuedMail[]): Promise<readonly QueuedMail[]> => {
    const results = await Promise.all(mails.map(async (mail) => [mail, await options.deduplicate(mail)] as const));
    return results.flatMap(([mail, result]) => {
      if (result.decision === 'send') {
        const { notification, repetition } = result;
        return [{ ...mail, notification, repetition }];
      }
      if (result.decision === 'wait') postpone(mail);
      else dropNotified(mail);
      return [];
    });
  };
  /** Whether to resend a mail that may have arrived. False if peers have sent all of its alerts, or have claimed the rest. */
  const mustResend = async (inflight: InflightMail): Promise<boolean> => {
    const results = await Promise.all(inflight.mails.map(options.deduplicate));
    const decisions = new Set(results.map(({ decision }) => decision));
    if (decisions.has('send')) return true;
    if (decisions.has('wait')) inflight.mails.forEach(postpone);
    else {
      inflight.mails.forEach(dropNotified);
      spool.inflight.end(inflight);
    }
    return false;
  };
  const postpone = (mail: QueuedMail): void => {
    backoffs.set(mail.key, { failures: 0, untilMs: elapsed() + options.minBackoffMs });
  };
  const dropNotified = (mail: QueuedMail): void => {
    backoffs.delete(mail.key);
    spool.drop(mail);
    options.onSending([mail], { outcome: 'duplicate' });
  };
  const deliver = async (queued: readonly QueuedMail[]): Promise<void> => {
    const mails = await selectUnsent(queued);
    const [first] = mails;
    if (first === undefined) return;
    const inflight = { id: first.key, mails };
    persist('the in-flight mail', () => {
      spool.inflight.begin(inflight);
    });
    const { outcome } = await sendMails(inflight);
    if (outcome !== 'unsure') spool.inflight.end(inflight);
  };
  const resend = async (inflight: InflightMail): Promise<void> => {
    if (!(await mustResend(inflight))) return;
    await sendMails(inflight);
    const queued = new Set(spool.queue().map(({ key }) => key));
    // Only an acceptance or a refusal is a known outcome: the unreachable server may be another one than that of the unsure attempt.
    if (!inflight.mails.some(({ key }) => queued.has(key))) spool.inflight.end(inflight);
  };
  const sendMails = async ({ mails }: InflightMail): Promise<Sending> => {
    const [first] = mails;
    const text =
      first !== undefined && mails.length === 1
        ? await options.write(first.notification, first.repetition)
        : options.writeDigest(mails);
    const sending = await options.send(text);
    if (sending.outcome !== 'unreachable') backoffs.delete(ALL);
    if (sending.outcome === 'unreachable' && mails.every((mail) => !isTooOld(mail))) backOff(ALL);
    else for (const mail of mails) recordOutcome(mail, sending);
    if (sending.outcome === 'sent' && mails.length > 1) lastDigestMs = elapsed();
    options.onSending(mails, sending);
    return sending;
  };
  /** A full disk must not crash this process between sending a mail and recording it: the restarted process would resend it repeatedly. */
  const persist = (what: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      options.log(`${what} is not on disk: ${messageOf(error)}`);
    }
  };
  const isTooOld = (mail: QueuedMail): boolean => now() - mail.queuedAtMs > options.maxAgeMs;
  const recordOutcome = (mail: QueuedMail, sending: Sending): void => {
    const { notification } = mail;
    if (sending.outcome === 'sent') {
      backoffs.delete(mail.key);
      persist('the notification log', () => {
        spool.markNotified(mail, now());
      });
      spool.drop(mail);
      const recent = recentlySent.filter(({ atMs }) => elapsed() - atMs < options.flood.withinMs);
      recentlySent = [...recent, { thread: notification.thread, atMs: elapsed() }];
    } else if (sending.outcome === 'refused') moveToDeadLetters(mail, sending.reason);
    else if (isTooOld(mail)) moveToDeadLetters(mail, `too old: ${sending.reason}`);
    else backOff(sending.outcome === 'unreachable' ? ALL : mail.key);
  };
  /** On a full disk the mail stays in the queue and is retried. */
  const moveToDeadLetters = (mail: QueuedMail, reason: string): void => {
    backOff(mail.key);
    persist('the dead letter', () => {
      spool.deadLetter(mail, reason);
      backoffs.delete(mail.key);
    });
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const next = decideDispatch(spool.queue(), {
        ...{ ...options, backoffs, recentlySent, lastDigestMs },
        ...{ inflightMails: spool.inflight.list(), nowMs: elapsed(), clockMs: now() },
      });
      if (next.kind !== 'wait') {
        if (next.kind === 'resend') await resend(next.inflight);
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
