import { z } from 'zod';
import { ALERT_STATUSES, type NotifiedAlert } from './notification.ts';

export const wordSchema = z.object({
  status: z.enum(ALERT_STATUSES),
  /** When it began to fire, or ended: milliseconds since the epoch. */
  sinceMs: z.number(),
  /** When people were told. */
  atMs: z.number(),
  /** The repetition of the mail that told it; missing: 0. */
  repetition: z.number().optional(),
});

/** What people were told about one alert. */
export type NotifiedState = Readonly<z.infer<typeof wordSchema>>;

/** The last that people were told about one alert; `undefined`: nothing. */
export type Told = NotifiedState | undefined;

/** What a notifier knows about one alert. */
export interface Known {
  /** What it told itself. */
  readonly told: Told;
  /** It has it in its queue. */
  readonly queued: boolean;
  /** It has agreed with the others, and sends it. */
  readonly telling: boolean;
}

/**
 * Alertmanager decides what to send some seconds before it sends (members wait for each other), so a member may say that something
 * fires just after the other one said that it is over. Within this time that is no news.
 */
const STALE_MS = 30_000;

type Alert = Pick<NotifiedAlert, 'status' | 'startsAtMs' | 'endsAtMs'>;

/** What a mail about an alert tells people. */
export function wordOf(alert: Alert, atMs: number, repetition = 0): NotifiedState {
  return { status: alert.status, sinceMs: sinceOf(alert), atMs, ...(repetition === 0 ? {} : { repetition }) };
}

/**
 * Whether an alert says anything that people do not know. `peersKnown`: every notifier that may have told it was asked; only then
 * is the end of something that nobody ever heard of kept quiet. Its end need not tell the beginning that was mailed: where two
 * Prometheus saw it one after the other, Alertmanager knows the later one only. Unless all of them were, what began or ended
 * after `told` is news whatever `told` says: another notifier may have told what was in between. That an alert is not monitored is news to
 * those who think that it fires; whatever is known of it after that is news again.
 */
export function needsNotification(
  alert: Alert,
  told: Told,
  facts: { readonly nowMs: number; readonly repeatAfterMs: number; readonly peersKnown: boolean },
): boolean {
  if (alert.status === 'unmonitored') return told?.status === 'firing';
  if (told === undefined) return alert.status === 'firing' || !facts.peersKnown;
  if (!facts.peersKnown && isAfter(alert, told, facts.nowMs)) return true;
  const agoMs = facts.nowMs - told.atMs;
  // Told in what is the future now: the clock was set back, and no time of before says what came first.
  const isBefore = agoMs < -STALE_MS;
  if (alert.status === 'resolved') return told.status !== 'resolved' && (isBefore || sinceOf(alert) >= told.sinceMs);
  if (told.status === 'unmonitored') return true;
  if (told.status === 'firing') return agoMs >= facts.repeatAfterMs;
  return isBefore || alert.startsAtMs >= told.sinceMs || agoMs > STALE_MS;
}

/** Whether it is the end that a peer had told before it was lost: nothing was told since, and the alert began before that end. */
export function isEndTold(alert: Alert, told: Told, remembered: Told): boolean {
  return (
    alert.status === 'resolved' &&
    remembered?.status === 'resolved' &&
    alert.startsAtMs <= remembered.sinceMs &&
    lastOf(told, remembered) === remembered
  );
}

/** Whether what is news was told before: a reminder, that it fires although people heard that it is over, or that it is not monitored, which may be so again and again. */
function isRepeated(alert: Alert, told: Told, nowMs: number): boolean {
  if (alert.status === 'unmonitored') return true;
  if (alert.status === 'resolved' || told === undefined || isAfter(alert, told, nowMs)) return false;
  return told.status !== 'resolved' || alert.startsAtMs < told.sinceMs;
}

/**
 * What distinguishes a mail about an alert from earlier ones of the same identity; 0 for the first. A repeated one is named after
 * the time when it was queued, and the end of an alert after the mail that it ends: both may be the second of one occurrence.
 */
export function repetitionOf(alert: Alert, told: Told, queuedAtMs: number): number {
  if (isRepeated(alert, told, queuedAtMs)) return queuedAtMs;
  return alert.status === 'resolved' && told?.status !== 'resolved' ? (told?.repetition ?? 0) : 0;
}

/** What was said last, when two notifiers put their knowledge together. */
export function lastOf(a: Told, b: Told): Told {
  if (a === undefined || b === undefined) return a ?? b;
  return b.atMs > a.atMs ? b : a;
}

/** Whether it began or ended after people were told that. A time ahead of the clock is from before that was set back, and says nothing. */
function isAfter(alert: Alert, told: NotifiedState, nowMs: number): boolean {
  const sinceMs = sinceOf(alert);
  return told.atMs < sinceMs && sinceMs <= nowMs;
}

function sinceOf({ status, startsAtMs, endsAtMs }: Alert): number {
  return status === 'resolved' ? (endsAtMs ?? startsAtMs) : startsAtMs;
}
