import { ALERTS, type AlertName } from '../../alerts/names.ts';
import type { MailAlert } from '../../deploy/tiers/mail/mailbox-api.ts';

/** An alert that a fault must cause. */
export interface ExpectedAlert {
  readonly alertname: AlertName;
  /** Whether it must name the broken host. */
  readonly ofTarget: boolean;
}

/** The alert mails that a fault must cause, and those that it may cause. Any other alert mail is a violation. */
export interface AlertExpectations {
  /** Each must fire and be received as a mail. */
  readonly mustDeliver: readonly ExpectedAlert[];
  /** From the injection, or from {@link deliverFrom}, to the mail in the mailbox. */
  readonly deliverWithinMs: number;
  /** `return`: nothing can be delivered before the broken host is back, so the time counts from full redundancy. */
  readonly deliverFrom?: 'return';
  /** From full redundancy to the resolved mail. */
  readonly resolveWithinMs: number;
  /** The supervisor repairs the fault, so its alerts may resolve before it is reverted. Missing: they must fire until then. */
  readonly mendsItself?: true;
  /** Alerts that the fault may cause as well. Any other alert is unexpected. */
  readonly mayDeliver: readonly AlertName[];
}

/** When one Prometheus first saw an alert firing. */
export interface FiringAlert {
  readonly monitor: string;
  readonly alertname: string;
  readonly host?: string;
  /** When its condition became true, as reported by Prometheus; milliseconds since the epoch. */
  readonly activeAtMs: number;
  /** When it was first seen in the state firing. */
  readonly firstSeenMs: number;
}

/** One alert of one mail. */
export interface DeliveredAlert {
  /** The mailbox's ID of the mail, and how often the mail arrived. */
  readonly mailId: string;
  readonly copies: number;
  /** The notifiers' key of the alert; missing in mails that do not state it. */
  readonly key?: string;
  readonly alertname: string;
  readonly status: MailAlert['status'];
  readonly host?: string;
  readonly receivedAtMs: number;
  readonly subject: string;
}

/** The alerts and mails that were observed during an experiment. */
export interface AlertEvidence {
  readonly firing: readonly FiringAlert[];
  /** In the order of arrival. */
  readonly delivered: readonly DeliveredAlert[];
  /** Failed polls, or a broken alert delivery path. With any of these, a missing alert or mail proves nothing. */
  readonly problems: readonly string[];
}

/** Alerts of the alert delivery path itself. */
export const OWN_ALERTS = ['Watchdog', 'NotificationPathProbe'] as const;

export function isOwnAlert(alertname: string): boolean {
  return OWN_ALERTS.some((own) => own === alertname);
}

/** SLO alerts evaluate hours of history, so an earlier fault may have caused one that fires now. */
export function isSloAlert(alertname: string): boolean {
  return (ALERTS as Readonly<Record<string, string>>)[alertname] === 'slo';
}
