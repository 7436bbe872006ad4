import { type Told, isEndTold, needsNotification, lastOf, repetitionOf } from './notified-state.ts';
import type { Notification } from './notification.ts';
import type { PeerKnowledge } from './peers.ts';
import { type QueuedMail, ageMs } from './queued-mail.ts';

/** What to do with a mail after the other notifiers were asked. */
export type Agreement =
  /** Tell these alerts; the rest is known. The mail differs from whatever any notifier has told of them. */
  | { readonly decision: 'send'; readonly notification: Notification; readonly repetition: number }
  /** Another notifier has it in hand; ask again soon. */
  | { readonly decision: 'wait' }
  /** People know all of it. */
  | { readonly decision: 'drop' };

interface Facts {
  readonly host: string;
  readonly nowMs: number;
  readonly repeatAfterMs: number;
  /** What this notifier has told. */
  readonly told: (alertKey: string) => Told;
  /** By host; `undefined`: it does not answer. */
  readonly peers: ReadonlyMap<string, PeerKnowledge | undefined>;
  /** What peers had mailed at their last response, for peers that do not respond now. It may be old, so it only prevents a second resolved mail. */
  readonly remembered: (alertKey: string) => Told;
}

/** How long a mail is left to a peer that has it too. */
const YIELD_MS = 8_000;

/**
 * Alertmanagers that lost sight of each other, or one that comes back, send what was sent already. So the notifiers agree: what one
 * has told or is telling, no other tells; what two have in hand, the first by name tells. A peer that does not answer is not waited for.
 */
export function decideDeduplication(mail: QueuedMail, facts: Facts): Agreement {
  const answers = [...facts.peers.values()];
  const known = answers.filter((answer) => answer !== undefined);
  const peersKnown = known.length === answers.length;
  const toldOf = (key: string): Told =>
    known.reduce<Told>((last, knowledge) => lastOf(last, knowledge.get(key)?.told), facts.told(key));
  const alerts = mail.notification.alerts.filter(
    (alert) =>
      needsNotification(alert, toldOf(alert.key), { ...facts, peersKnown }) &&
      !isEndTold(alert, toldOf(alert.key), facts.remembered(alert.key)),
  );
  if (alerts.length === 0) return { decision: 'drop' };
  const inHandElsewhere = [...facts.peers].some(([host, knowledge]) =>
    alerts.some(({ key }) => {
      const known = knowledge?.get(key);
      return known !== undefined && (known.telling || (known.queued && host < facts.host));
    }),
  );
  if (inHandElsewhere && ageMs(mail, facts.nowMs) < YIELD_MS) return { decision: 'wait' };
  const repetitions = alerts.map((alert) => repetitionOf(alert, toldOf(alert.key), mail.queuedAtMs));
  return {
    decision: 'send',
    notification: { ...mail.notification, alerts },
    repetition: Math.max(mail.repetition, ...repetitions),
  };
}
