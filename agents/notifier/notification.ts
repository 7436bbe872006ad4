import { createHash } from 'node:crypto';
import { cleanLine, cleanText } from './clean-text.ts';
import type { Payload, PayloadAlert } from './payload.ts';

/** `unmonitored`: the last known state is firing, and no Prometheus can currently evaluate the alert. */
export const ALERT_STATUSES = ['firing', 'resolved', 'unmonitored'] as const;

export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** One alert of a mail. */
export interface NotifiedAlert {
  /** The same for the same alert, independent of the sender and of the start time. */
  readonly key: string;
  readonly name: string;
  readonly status: AlertStatus;
  readonly host?: string | undefined;
  readonly severity: string;
  readonly owner: string;
  /** Failure domain. */
  readonly domain?: string | undefined;
  /** ID of the alert drill that created it; `undefined` for a real alert. */
  readonly drill?: string | undefined;
  readonly summary: string;
  readonly description: string;
  /** Path in the repository. */
  readonly runbook: string;
  readonly startsAtMs: number;
  /** `undefined` while it fires. */
  readonly endsAtMs?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** One notification, which becomes one mail. */
export interface Notification {
  /** The same for every notification of an alert group. */
  readonly thread: string;
  /** Firing ones first. */
  readonly alerts: readonly NotifiedAlert[];
  /** How many alerts Alertmanager left out. */
  readonly truncated: number;
}

/** Alertmanager's payload as a notification. It does not depend on which Alertmanager sent it, so both produce the same one. */
export function notificationOf(payload: Payload): Notification {
  const alerts = payload.alerts
    .toSorted((a, b) => order(a).localeCompare(order(b)))
    .map((alert) => notifiedAlert(alert));
  return { thread: digest([payload.groupKey]), alerts, truncated: payload.truncatedAlerts };
}

/** `firing` if any alert fires, else `unmonitored` if any alert is unmonitored. */
export function statusOf({ alerts }: Pick<Notification, 'alerts'>): AlertStatus {
  const isAny = (status: AlertStatus): boolean => alerts.some((alert) => alert.status === status);
  if (isAny('firing')) return 'firing';
  return isAny('unmonitored') ? 'unmonitored' : 'resolved';
}

/** A status as displayed in mails. */
export function statusText(status: AlertStatus): string {
  return status === 'unmonitored' ? 'NOT MONITORED' : status.toUpperCase();
}

/**
 * The same for the same state change, independent of the notifier that sends it. The end time is part of it, because Alertmanager may
 * give two occurrences the same start, and a mailbox drops the second of two mails with the same ID. Partitioned notifiers with
 * different end times send two mails, which is better than none.
 */
export function idOf(notification: Notification): string {
  return digest([
    notification.thread,
    ...notification.alerts
      .map(({ status, key, startsAtMs, endsAtMs }) => `${status} ${key}@${startsAtMs}-${endsAtMs ?? ''}`)
      .toSorted(),
  ]);
}

function order(alert: PayloadAlert): string {
  return `${alert.status} ${alert.labels['alertname'] ?? ''} ${alert.labels['host'] ?? ''}`;
}

/** Length limits of the texts in mails: an alert of a megabyte must not become a mail of a megabyte. */
const MAX = { name: 100, value: 200, labels: 30, summary: 300, description: 2_000 } as const;

/** Labels as mails show them: few, short and printable. The same labels always give the same result, so results can be compared. */
export function cleanLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, MAX.labels)
      .map(([name, value]) => [cleanLine(name, MAX.name), cleanLine(value, MAX.value)]),
  );
}

function notifiedAlert(alert: PayloadAlert): NotifiedAlert {
  const { annotations } = alert;
  const labels = cleanLabels(alert.labels);
  const label = (name: string): string | undefined => {
    const value = alert.labels[name];
    return value === undefined ? undefined : cleanLine(value, MAX.value);
  };
  return {
    key: cleanLine(alert.fingerprint, MAX.name),
    name: label('alertname') ?? 'Alert',
    status: alert.status,
    host: label('host'),
    severity: label('severity') ?? 'unknown',
    owner: label('owner') ?? 'unknown',
    domain: label('domain'),
    drill: label('drill') === 'true' ? (label('drill_id') ?? 'unnamed') : undefined,
    summary: cleanLine(annotations['summary'] ?? '', MAX.summary),
    description: cleanText(annotations['description'] ?? '', MAX.description),
    runbook: cleanLine(annotations['runbook'] ?? '', MAX.value),
    startsAtMs: Date.parse(alert.startsAt),
    endsAtMs: alert.status === 'resolved' ? Date.parse(alert.endsAt) : undefined,
    labels,
  };
}

/** 32 hexadecimal digits of SHA-256. */
export function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}
