import { type LastNotified, isEndNotified, needsNotification, lastOf, repetitionOf } from './notified-state.ts';
import type { Notification } from './notification.ts';
import type { PeerKnowledge } from './peers.ts';
import { type QueuedMail, ageMs } from './queued-mail.ts';

/** The decision on a mail after the other notifiers were queried. */
export type Deduplication =
  /** Send these alerts; the others were already mailed. The repetition makes the mail differ from all earlier mails about them. */
  | { readonly decision: 'send'; readonly notification: Notification; readonly repetition: number }
  /** A peer has claimed it; query again soon. */
  | { readonly decision: 'wait' }
  /** All alerts were already mailed. */
  | { readonly decision: 'drop' };

interface DeduplicationContext {
  readonly host: string;
  readonly nowMs: number;
  readonly repeatAfterMs: number;
  /** The last state that this notifier mailed. */
  readonly lastNotified: (alertKey: string) => LastNotified;
  /** By host; `undefined`: no response. */
  readonly peers: ReadonlyMap<string, PeerKnowledge | undefined>;
  /** The last mailed state of peers that do not respond now, as of their last response. It may be old, so it only prevents a second resolved mail. */
  readonly remembered: (alertKey: string) => LastNotified;
}

/** How long a notifier waits for a peer that has claimed the same alert. */
const YIELD_MS = 8_000;

/**
 * Partitioned or restarted Alertmanagers send notifications that were already sent, so the notifiers deduplicate. A notifier skips
 * alerts that a peer has mailed, and waits for a peer that is sending them. If two notifiers have an alert in their queues, the
 * first by host name sends it. A notifier does not wait for a peer that does not respond.
 */
export function decideDeduplication(mail: QueuedMail, context: DeduplicationContext): Deduplication {
  const responses = [...context.peers.values()];
  const answered = responses.filter((answer) => answer !== undefined);
  const allPeersResponded = answered.length === responses.length;
  const lastNotifiedOf = (key: string): LastNotified =>
    answered.reduce<LastNotified>(
      (last, knowledge) => lastOf(last, knowledge.get(key)?.notified),
      context.lastNotified(key),
    );
  const alerts = mail.notification.alerts.filter(
    (alert) =>
      needsNotification(alert, lastNotifiedOf(alert.key), { ...context, allPeersResponded }) &&
      !isEndNotified(alert, lastNotifiedOf(alert.key), context.remembered(alert.key)),
  );
  if (alerts.length === 0) return { decision: 'drop' };
  const isClaimedByPeer = [...context.peers].some(([host, knowledge]) =>
    alerts.some(({ key }) => {
      const known = knowledge?.get(key);
      return known !== undefined && (known.inflight || (known.queued && host < context.host));
    }),
  );
  if (isClaimedByPeer && ageMs(mail, context.nowMs) < YIELD_MS) return { decision: 'wait' };
  const repetitions = alerts.map((alert) => repetitionOf(alert, lastNotifiedOf(alert.key), mail.queuedAtMs));
  return {
    decision: 'send',
    notification: { ...mail.notification, alerts },
    repetition: Math.max(mail.repetition, ...repetitions),
  };
}
