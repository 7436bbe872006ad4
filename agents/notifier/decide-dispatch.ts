import { type QueuedMail, ageMs } from './queued-mail.ts';
import type { Telling } from './inflight.ts';

/** Waits of one mail by its key, or of all of them ({@link ALL}) when no server takes anything. */
export type Backoffs = ReadonlyMap<string, { readonly untilMs: number }>;

export const ALL = 'all';

/** What to do next. */
export type Dispatch =
  /** It may have arrived: the same is told again. */
  | { readonly kind: 'again'; readonly telling: Telling }
  | { readonly kind: 'one'; readonly mail: QueuedMail }
  /** Too many groups have news: these are told in one mail. */
  | { readonly kind: 'digest'; readonly mails: readonly QueuedMail[] }
  /** `undefined`: until something comes. */
  | { readonly kind: 'wait'; readonly waitMs: number | undefined };

interface Facts {
  readonly backoffs: Backoffs;
  readonly tellings: readonly Telling[];
  /** More groups than this within that time are a flood. */
  readonly flood: { readonly groups: number; readonly withinMs: number };
  /** Which group was told, and when, lately. */
  readonly told: readonly { readonly thread: string; readonly atMs: number }[];
  readonly lastDigestMs: number | undefined;
  /** On the clock of all times here, which only passes. */
  readonly nowMs: number;
  /** What people call now: when mails were queued is told by that. */
  readonly clockMs: number;
}

/** A digest waits this long for the rest of a burst. */
const GATHER_MS = 2_000;
/** The rest comes in the next one. */
const MAX_ALERTS = 400;

/** Oldest first; a mail waits for older ones of its own thread. A flood is told in digests, one within the flood's time, until it ebbs. */
export function decideDispatch(queue: readonly QueuedMail[], facts: Facts): Dispatch {
  const { nowMs } = facts;
  const { ready, earliestMs } = readyMails(queue, facts);
  const [first] = ready;
  if (first === undefined) {
    return { kind: 'wait', waitMs: Number.isFinite(earliestMs) ? earliestMs - nowMs : undefined };
  }
  const telling = facts.tellings.find(({ mails }) => mails.some(({ key }) => ready.some((mail) => mail.key === key)));
  if (telling !== undefined) return { kind: 'again', telling };
  if (!isFlooded(ready, facts)) return { kind: 'one', mail: first };
  const dueMs = Math.max(
    nowMs + GATHER_MS - ageMs(first, facts.clockMs),
    (facts.lastDigestMs ?? -Infinity) + facts.flood.withinMs,
  );
  if (nowMs < dueMs) return { kind: 'wait', waitMs: Math.min(dueMs, earliestMs) - nowMs };
  return ready.length === 1 ? { kind: 'one', mail: first } : { kind: 'digest', mails: atMostAlerts(ready) };
}

export function isFlooded(
  ready: readonly QueuedMail[],
  { flood, told, nowMs }: Pick<Facts, 'flood' | 'told' | 'nowMs'>,
): boolean {
  const lately = told.filter(({ atMs }) => nowMs - atMs < flood.withinMs).map(({ thread }) => thread);
  return new Set([...lately, ...ready.map(({ notification }) => notification.thread)]).size > flood.groups;
}

function readyMails(
  queue: readonly QueuedMail[],
  { backoffs, nowMs }: Facts,
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
