import { type QueuedMail, ageMs } from './queued-mail.ts';
import type { InflightMail } from './inflight.ts';

/** Backoffs by mail key; {@link ALL} holds back every mail when no server accepts mails. */
export type Backoffs = ReadonlyMap<string, { readonly untilMs: number }>;

export const ALL = 'all';

/** The next step of the delivery loop. */
export type Dispatch =
  /** This mail may have arrived: resend it unchanged. */
  | { readonly kind: 'resend'; readonly inflight: InflightMail }
  | { readonly kind: 'one'; readonly mail: QueuedMail }
  /** Alert storm: combine these in one mail. */
  | { readonly kind: 'digest'; readonly mails: readonly QueuedMail[] }
  /** `undefined`: until a mail is queued. */
  | { readonly kind: 'wait'; readonly waitMs: number | undefined };

interface DispatchContext {
  readonly backoffs: Backoffs;
  readonly inflightMails: readonly InflightMail[];
  /** More groups than this within that time are an alert storm. */
  readonly flood: { readonly groups: number; readonly withinMs: number };
  /** Groups that were mailed recently, and when. */
  readonly recentlySent: readonly { readonly thread: string; readonly atMs: number }[];
  readonly lastDigestMs: number | undefined;
  /** Monotonic time, like all other times here. */
  readonly nowMs: number;
  /** Wall-clock time, for comparison with the queueing time of mails. */
  readonly clockMs: number;
}

/** A digest waits this long for the rest of a burst. */
const GATHER_MS = 2_000;
/** Maximum number of alerts in one digest; the rest follows in the next one. */
const MAX_ALERTS = 400;

/** Oldest first; a mail waits for older mails of its thread. During an alert storm, digests are sent, at most one per storm window. */
export function decideDispatch(queue: readonly QueuedMail[], context: DispatchContext): Dispatch {
  const { nowMs } = context;
  const { ready, earliestMs } = readyMails(queue, context);
  const [first] = ready;
  if (first === undefined) {
    return { kind: 'wait', waitMs: Number.isFinite(earliestMs) ? earliestMs - nowMs : undefined };
  }
  const inflight = context.inflightMails.find(({ mails }) =>
    mails.some(({ key }) => ready.some((mail) => mail.key === key)),
  );
  if (inflight !== undefined) return { kind: 'resend', inflight };
  if (!isStorm(ready, context)) return { kind: 'one', mail: first };
  const dueMs = Math.max(
    nowMs + GATHER_MS - ageMs(first, context.clockMs),
    (context.lastDigestMs ?? -Infinity) + context.flood.withinMs,
  );
  if (nowMs < dueMs) return { kind: 'wait', waitMs: Math.min(dueMs, earliestMs) - nowMs };
  return ready.length === 1 ? { kind: 'one', mail: first } : { kind: 'digest', mails: atMostAlerts(ready) };
}

export function isStorm(
  ready: readonly QueuedMail[],
  { flood, recentlySent, nowMs }: Pick<DispatchContext, 'flood' | 'recentlySent' | 'nowMs'>,
): boolean {
  const recent = recentlySent.filter(({ atMs }) => nowMs - atMs < flood.withinMs).map(({ thread }) => thread);
  return new Set([...recent, ...ready.map(({ notification }) => notification.thread)]).size > flood.groups;
}

function readyMails(
  queue: readonly QueuedMail[],
  { backoffs, nowMs }: DispatchContext,
): { readonly ready: readonly QueuedMail[]; readonly earliestMs: number } {
  const allUntil = backoffs.get(ALL)?.untilMs ?? 0;
  const blocked = new Set<string>();
  const ready: QueuedMail[] = [];
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const mail of queue) {
    const { thread } = mail.notification;
    if (blocked.has(thread)) continue;
    const dueMs = Math.max(allUntil, backoffs.get(mail.key)?.untilMs ?? 0);
    if (dueMs <= nowMs) ready.push(mail);
    else {
      blocked.add(thread);
      earliestMs = Math.min(earliestMs, dueMs);
    }
  }
  return { ready, earliestMs };
}

function atMostAlerts(mails: readonly QueuedMail[]): readonly QueuedMail[] {
  let alerts = 0;
  return mails.filter((mail, index) => {
    alerts += mail.notification.alerts.length;
    return index === 0 || alerts <= MAX_ALERTS;
  });
}
