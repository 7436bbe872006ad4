import { ALERTS, type AlertName } from '../../alerts/names.ts';
import type { MailAlert } from '../../deploy/tiers/mail/mailbox-api.ts';

/** An alert as a contract names it. */
export interface ExpectedAlert {
  readonly alertname: AlertName;
  /** Whether it must name the broken host. */
  readonly ofTarget: boolean;
}

/** What the person on call has to learn of a fault, and what must not disturb him. */
export interface AlertContract {
  /** Each must fire and be received as a mail. */
  readonly mustDeliver: readonly ExpectedAlert[];
  /** From the injection, or from {@link deliverFrom}, to the mail in the mailbox. */
  readonly deliverWithinMs: number;
  /** `return`: nothing can be delivered before the broken host is back, so the time counts from full redundancy. */
  readonly deliverFrom?: 'return';
  /** From full redundancy to the mail that says that it is over. */
  readonly resolveWithinMs: number;
  /** A supervisor mends the fault, and nobody has to undo it: its alerts may end sooner. Missing: it stays until it is undone, and so must they. */
  readonly mendsItself?: true;
  /** Alerts that are true consequences and may come too; any other one is noise. */
  readonly mayDeliver: readonly AlertName[];
}

/** When one Prometheus first saw an alert firing. */
export interface FiringAlert {
  readonly monitor: string;
  readonly alertname: string;
  readonly host?: string;
  /** When its condition began to be true, as Prometheus says; milliseconds since the epoch. */
  readonly activeAtMs: number;
  /** When it was first seen in the state firing. */
  readonly firstSeenMs: number;
}

/** One alert of one mail. */
export interface DeliveredAlert {
  /** The mail, as the mailbox calls it, and how often it arrived there. */
  readonly mailId: string;
  readonly copies: number;
  /** As the notifiers know the alert; missing in mails of notifiers that did not say it. */
  readonly key?: string;
  readonly alertname: string;
  readonly status: MailAlert['status'];
  readonly host?: string;
  readonly receivedAtMs: number;
  readonly subject: string;
}

/** All that was seen of alerting during an experiment. */
export interface AlertEvidence {
  readonly firing: readonly FiringAlert[];
  /** In the order in which they came. */
  readonly delivered: readonly DeliveredAlert[];
  /** Why what is missing here may be missing because nobody could look, or because the way to the mailbox is broken. */
  readonly problems: readonly string[];
}

/** Alerts that belong to the way of notification itself. */
export const OWN_ALERTS = ['Watchdog', 'NotificationPathProbe'] as const;

export function isOwnAlert(alertname: string): boolean {
  return OWN_ALERTS.some((own) => own === alertname);
}

/** Alerts of objectives look back over hours: what they say may be of an earlier fault, and says nothing about this one. */
export function isOfObjective(alertname: string): boolean {
  return (ALERTS as Readonly<Record<string, string>>)[alertname] === 'slo';
}
