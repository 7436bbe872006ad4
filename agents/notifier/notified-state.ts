import { z } from 'zod';
import { ALERT_STATUSES, type NotifiedAlert } from './notification.ts';

export const notifiedStateSchema = z.object({
  status: z.enum(ALERT_STATUSES),
  /** When it began to fire, or ended (epoch ms). */
  sinceMs: z.number(),
  /** When it was mailed (epoch ms). */
  atMs: z.number(),
  /** The repetition of that mail; missing: 0. */
  repetition: z.number().optional(),
});

/** The state of one alert in a mail that was sent. */
export type NotifiedState = Readonly<z.infer<typeof notifiedStateSchema>>;

/** The last state of one alert that was mailed; `undefined`: none. */
export type LastNotified = NotifiedState | undefined;

/** The knowledge of a notifier about one alert. */
export interface AlertKnowledge {
  /** The last state that this notifier mailed itself. */
  readonly notified: LastNotified;
  /** A mail about it is in the queue. */
  readonly queued: boolean;
  /** A mail about it passed deduplication and is in flight. */
  readonly inflight: boolean;
}

/**
 * Alertmanager decides what to send some seconds before it sends, because cluster members wait for each other. So one member may send
 * `firing` just after another one sent `resolved`. Within this time such a message is ignored as stale.
 */
const STALE_MS = 30_000;

type Alert = Pick<NotifiedAlert, 'status' | 'startsAtMs' | 'endsAtMs'>;

/** The state that a mail about an alert reports. */
export function notifiedStateOf(alert: Alert, atMs: number, repetition = 0): NotifiedState {
  return { status: alert.status, sinceMs: sinceOf(alert), atMs, ...(repetition === 0 ? {} : { repetition }) };
}

/**
 * Whether an alert has a state that was not mailed yet, or needs a reminder.
 *
 * - `allPeersResponded`: the last state includes that of every other notifier. Only then is the end of an alert suppressed whose start
 *   was never mailed. Otherwise a start or end after `lastNotified` is always new, because a peer may have mailed the change in between.
 * - An end may have another start than the mailed one: if two Prometheus detect an alert one after the other, Alertmanager keeps
 *   only the later start.
 * - `unmonitored` is new only after `firing`; every other state is new after `unmonitored`.
 */
export function needsNotification(
  alert: Alert,
  lastNotified: LastNotified,
  context: { readonly nowMs: number; readonly repeatAfterMs: number; readonly allPeersResponded: boolean },
): boolean {
  if (alert.status === 'unmonitored') return lastNotified?.status === 'firing';
  if (lastNotified === undefined) return alert.status === 'firing' || !context.allPeersResponded;
  if (!context.allPeersResponded && isAfter(alert, lastNotified, context.nowMs)) return true;
  const ageMs = context.nowMs - lastNotified.atMs;
  // The last mail is in the future: the clock was set back, so its times cannot be compared with current ones.
  const isBefore = ageMs < -STALE_MS;
  if (alert.status === 'resolved')
    return lastNotified.status !== 'resolved' && (isBefore || sinceOf(alert) >= lastNotified.sinceMs);
  if (lastNotified.status === 'unmonitored') return true;
  if (lastNotified.status === 'firing') return ageMs >= context.repeatAfterMs;
  return isBefore || alert.startsAtMs >= lastNotified.sinceMs || ageMs > STALE_MS;
}

/** Whether an unreachable peer had mailed this end: no later mail is known, and the alert began before that end. */
export function isEndNotified(alert: Alert, lastNotified: LastNotified, remembered: LastNotified): boolean {
  return (
    alert.status === 'resolved' &&
    remembered?.status === 'resolved' &&
    alert.startsAtMs <= remembered.sinceMs &&
    lastOf(lastNotified, remembered) === remembered
  );
}

/** Whether the same state was mailed before: a reminder, an alert that still fires after its resolved mail, or `unmonitored`, which can recur. */
function isRepeated(alert: Alert, lastNotified: LastNotified, nowMs: number): boolean {
  if (alert.status === 'unmonitored') return true;
  if (alert.status === 'resolved' || lastNotified === undefined || isAfter(alert, lastNotified, nowMs)) return false;
  return lastNotified.status !== 'resolved' || alert.startsAtMs < lastNotified.sinceMs;
}

/**
 * Distinguishes a mail about an alert from earlier mails with the same ID; 0 for the first. A repeated mail gets its queueing time.
 * A resolved mail gets the repetition of the firing mail before it. Either can be the second of one occurrence.
 */
export function repetitionOf(alert: Alert, lastNotified: LastNotified, queuedAtMs: number): number {
  if (isRepeated(alert, lastNotified, queuedAtMs)) return queuedAtMs;
  return alert.status === 'resolved' && lastNotified?.status !== 'resolved' ? (lastNotified?.repetition ?? 0) : 0;
}

/** The later of the last states of two notifiers. */
export function lastOf(a: LastNotified, b: LastNotified): LastNotified {
  if (a === undefined || b === undefined) return a ?? b;
  return b.atMs > a.atMs ? b : a;
}

/** Whether it began or ended after the last mail. A time ahead of the clock is from before the clock was set back, and does not count. */
function isAfter(alert: Alert, lastNotified: NotifiedState, nowMs: number): boolean {
  const sinceMs = sinceOf(alert);
  return lastNotified.atMs < sinceMs && sinceMs <= nowMs;
}

function sinceOf({ status, startsAtMs, endsAtMs }: Alert): number {
  return status === 'resolved' ? (endsAtMs ?? startsAtMs) : startsAtMs;
}
