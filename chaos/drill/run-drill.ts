import { setTimeout as sleep } from 'node:timers/promises';
import { deadlineSignal } from '../../kit/deadline.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Verdict } from '../../kit/verdict.ts';
import { postAlert, readSuppressions, readReceivers } from './alertmanager-api.ts';
import type { DrillAlert } from './drill-alert.ts';
import { type DrillMail, readDrillMails } from './drill-mails.ts';

/** The steps of a successful drill, in their order. */
const STEPS = ['sent', 'grouped', 'mailed', 'arrived', 'ended', 'resolved'] as const;

interface DrillStep {
  readonly name: (typeof STEPS)[number];
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly note: string;
}

export interface DrillResult {
  readonly id: string;
  readonly verdict: Verdict;
  readonly steps: readonly DrillStep[];
  /** Why the verdict is not `held`, and problems that do not change the verdict. */
  readonly reasons: readonly string[];
}

interface DrillOptions {
  readonly alert: DrillAlert;
  readonly alertmanagers: readonly { readonly host: string; readonly url: string }[];
  readonly mailboxUrl: string;
  readonly signal: AbortSignal;
  readonly onStep: (step: DrillStep) => void;
  /** For the firing mail, and again for the resolved mail. */
  readonly deadlineMs: number;
}

/** The alert ends by its `endsAt` after this time if this process is killed. */
const LONGEST_MS = 10 * 60_000;
const POLL_INTERVAL_MS = 100;
const END_DEADLINE_MS = 5_000;

/**
 * Sends an alert through Alertmanager to the mailbox and waits for its mails. The alert is ended on every Alertmanager in every case. When `signal`
 * aborts, this throws the signal's reason. A missing mail is `violated`; an unreadable mailbox is `unknown`.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { alert, alertmanagers, mailboxUrl, signal, deadlineMs } = options;
  const steps: DrillStep[] = [];
  const reasons: string[] = [];
  let verdict: Verdict = 'held';
  const addViolation = (reason: string): void => {
    reasons.push(reason);
    verdict = 'violated';
  };
  const startedAtMs = Date.now();
  const step = (name: DrillStep['name'], atMs: number, note: string): void => {
    steps.push({ name, atMs, note });
    options.onStep({ name, atMs, note });
  };
  const result = (judged: Verdict, ...moreReasons: readonly string[]): DrillResult => ({
    id: alert.id,
    verdict: judged,
    steps: steps.toSorted((a, b) => STEPS.indexOf(a.name) - STEPS.indexOf(b.name)),
    reasons: [...reasons, ...moreReasons],
  });
  const postToAll = async (endsAtMs: number): Promise<readonly string[]> => {
    const times = { startsAtMs: startedAtMs, endsAtMs };
    const posts = await Promise.allSettled(alertmanagers.map(({ url }) => postAlert(url, alert, times)));
    const failed = posts.flatMap((one, index) =>
      one.status === 'fulfilled' ? [] : [`${alertmanagers[index]?.host ?? ''}: ${messageOf(one.reason)}`],
    );
    if (failed.length > 0) reasons.push(`an Alertmanager did not take it: ${failed.join('; ')}`);
    return alertmanagers.map(({ host }) => host).filter((host) => !failed.some((text) => text.startsWith(`${host}:`)));
  };
  const waitForStatus = async (status: DrillMail['status']): Promise<DrillMail> =>
    waitForMail({ mailboxUrl, status, id: alert.id, sinceMs: startedAtMs - 1_000, deadlineMs, signal });

  try {
    await readDrillMails(mailboxUrl, { id: alert.id, sinceMs: startedAtMs });
  } catch (error) {
    return result('unknown', `the mailbox cannot be read: ${messageOf(error)}`);
  }
  let hasEnded = false;
  try {
    const acceptedBy = await postToAll(startedAtMs + LONGEST_MS);
    if (acceptedBy.length === 0) return result('violated');
    step('sent', Date.now(), `to Alertmanager on ${acceptedBy.join(' and ')}`);
    const grouped = new AbortController();
    const grouping = waitForGroup(options, AbortSignal.any([grouped.signal, signal]), (note) => {
      step('grouped', Date.now(), note);
    });
    const mail = await waitForStatus('firing').finally(() => {
      grouped.abort();
    });
    await grouping;
    if (mail.writtenAtMs !== undefined) step('mailed', mail.writtenAtMs, `by ${mail.from}`);
    step('arrived', mail.receivedAtMs, mail.subject);
    if (!mail.subject.startsWith('[DRILL]'))
      addViolation(`the subject does not say that it is a drill: ${mail.subject}`);

    const endedBy = await postToAll(Date.now());
    hasEnded = endedBy.length === alertmanagers.length;
    step('ended', Date.now(), `on ${endedBy.join(' and ')}`);
    const last = await waitForStatus('resolved');
    step('resolved', last.receivedAtMs, last.subject);
    const mails = await readDrillMails(mailboxUrl, { id: alert.id, sinceMs: startedAtMs - 1_000 });
    if (mails.length !== 2) addViolation(`${mails.length} mails arrived instead of 2`);
    // Copies of one mail: the notifier that sent them had no confirmation that it had arrived.
    for (const { subject, copies } of mails) {
      if (copies > 1) reasons.push(`${subject} arrived ${copies} times; the mailbox shows it once`);
    }
    return result(verdict);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MailboxUnreadable) return result('unknown', error.message);
    return result('violated', messageOf(error), ...(await readAllSuppressions(options)));
  } finally {
    if (!hasEnded) await endEverywhere(options, startedAtMs);
  }
}

class MailboxUnreadable extends Error {}

interface MailWait {
  readonly mailboxUrl: string;
  readonly status: DrillMail['status'];
  readonly id: string;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Throws when no mail arrives in time, {@link MailboxUnreadable} when the last poll failed, and the signal's reason when it aborts. */
async function waitForMail(wait: MailWait): Promise<DrillMail> {
  const deadline = deadlineSignal(wait.deadlineMs, wait.signal);
  let problem: string | undefined;
  while (!deadline.aborted) {
    try {
      const mail = (await readDrillMails(wait.mailboxUrl, wait)).find(({ status }) => status === wait.status);
      if (mail !== undefined) return mail;
      problem = undefined;
    } catch (error) {
      problem = messageOf(error);
    }
    await sleep(POLL_INTERVAL_MS, undefined, { signal: deadline }).catch(() => undefined);
  }
  wait.signal.throwIfAborted();
  if (problem !== undefined) throw new MailboxUnreadable(`the mailbox cannot be read: ${problem}`);
  throw new Error(`the ${wait.status} mail did not arrive within ${wait.deadlineMs / 1000} s`);
}

/** Calls `onGrouped` once, when an Alertmanager has a group with the alert. Failed queries are ignored: the mails decide the verdict. */
async function waitForGroup(
  { alert, alertmanagers }: DrillOptions,
  stop: AbortSignal,
  onGrouped: (note: string) => void,
): Promise<void> {
  while (!stop.aborted) {
    for (const { host, url } of alertmanagers) {
      const receivers = await readReceivers(url, alert.id).catch(() => []);
      if (receivers.length === 0) continue;
      onGrouped(`on ${host}, for ${receivers.join(' and ')}`);
      return;
    }
    await sleep(POLL_INTERVAL_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function readAllSuppressions({ alert, alertmanagers }: DrillOptions): Promise<readonly string[]> {
  const found = await Promise.all(
    alertmanagers.map(async ({ host, url }) => {
      const suppressions = await readSuppressions(url, alert.id).catch((error: unknown) => [
        `cannot be asked: ${messageOf(error)}`,
      ]);
      return suppressions.map((text) => `Alertmanager on ${host}: ${text}`);
    }),
  );
  return found.flat();
}

/** Has a separate deadline, because the signal of the drill may have aborted. An Alertmanager that is not reached ends the alert by its `endsAt`. */
async function endEverywhere({ alert, alertmanagers }: DrillOptions, startsAtMs: number): Promise<void> {
  const ended = Promise.allSettled(
    alertmanagers.map(({ url }) => postAlert(url, alert, { startsAtMs, endsAtMs: Date.now() })),
  );
  await Promise.race([ended, sleep(END_DEADLINE_MS, undefined, { ref: false })]);
}
