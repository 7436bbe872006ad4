import { type Notification, type NotifiedAlert, idOf, statusOf } from './notification.ts';

/** What of a mail does not depend on sender and recipients. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** The thread that the mail belongs to, as `In-Reply-To` and `References`. */
  readonly references: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** The mail that tells a notification. `repetition` is 0 for news and greater for a reminder of them. */
export function mailTextOf(notification: Notification, repetition: number): MailText {
  const subject = subjectOf(notification);
  return {
    subject,
    text: notification.alerts.map((alert) => alertText(alert)).join('\n\n') + truncationOf(notification),
    html: htmlOf(subject, notification),
    messageId: `<${idOf(notification)}.${repetition}@holdfast.example>`,
    references: `<${notification.thread}@holdfast.example>`,
    headers: headersOf(notification),
  };
}

/** `[FIRING] LoadBalancerLost lb1`: the names and hosts of what fires, or of everything when nothing fires any more. */
export function subjectOf(notification: Notification): string {
  const status = statusOf(notification);
  const told = notification.alerts.filter((alert) => alert.status === status);
  const byName = Map.groupBy(told, (alert) => alert.name);
  const topics = [...byName].map(([name, alerts]) => {
    const hosts = [...new Set(alerts.flatMap((alert) => alert.host ?? []))];
    return hosts.length === 0 ? name : `${name} ${hosts.join(', ')}`;
  });
  return `[${status.toUpperCase()}] ${topics.join('; ')}`;
}

/** Machine-readable copies for whoever sorts mail by program; values are percent-encoded. */
function headersOf(notification: Notification): MailText['headers'] {
  const [first] = notification.alerts;
  return {
    'X-Holdfast-Alert': first?.name ?? '',
    'X-Holdfast-Status': statusOf(notification),
    'X-Holdfast-Labels': pairs(first?.labels ?? {}),
    'X-Holdfast-Alerts': notification.alerts.map((alert) =>
      pairs({
        alertname: alert.name,
        status: alert.status,
        ...(alert.host === undefined ? {} : { host: alert.host }),
        startsAtMs: String(alert.startsAtMs),
      }),
    ),
    'Auto-Submitted': 'auto-generated',
  };
}

/** `a=1; b=2`, values percent-encoded. */
function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('; ');
}

function rowsOf(alert: NotifiedAlert): readonly (readonly [string, string])[] {
  const labels = Object.entries(alert.labels).filter(([name]) => !SHOWN_LABELS.has(name));
  return [
    ['Host', alert.host ?? '–'],
    ['Since', timeText(alert.startsAtMs)],
    ...(alert.endsAtMs === undefined ? [] : ([['Until', untilText(alert)]] as const)),
    ['Severity', alert.severity],
    ['Owner', alert.owner],
    ...(labels.length === 0 ? [] : ([['Labels', labels.map((pair) => pair.join('=')).join(', ')]] as const)),
    ['Runbook', alert.runbook],
  ];
}

const SHOWN_LABELS: ReadonlySet<string> = new Set(['alertname', 'host', 'severity', 'owner']);

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

function untilText(alert: NotifiedAlert): string {
  const end = alert.endsAtMs ?? alert.startsAtMs;
  return `${timeText(end)} (after ${((end - alert.startsAtMs) / 1000).toFixed(1)} s)`;
}

function alertText(alert: NotifiedAlert): string {
  const rows = rowsOf(alert).map(([name, value]) => `  ${`${name}:`.padEnd(10)}${value}`);
  return [`${alert.status.toUpperCase()} ${alert.name}: ${alert.summary}`, '', alert.description, '', ...rows].join(
    '\n',
  );
}

function truncationOf(notification: Notification): string {
  return notification.truncated === 0 ? '' : `\n\n… and ${notification.truncated} more alerts of this group.`;
}

function htmlOf(subject: string, notification: Notification): string {
  const parts = notification.alerts.map((alert) => alertHtml(alert)).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font:15px/1.45 system-ui,sans-serif;color:#1c1c1c;max-width:44em;margin:1em auto;padding:0 1em">
${parts}<p>${escapeHtml(truncationOf(notification).trim())}</p>
</body></html>
`;
}

function alertHtml(alert: NotifiedAlert): string {
  const colour = alert.status === 'firing' ? '#b3261e' : '#1b6e3c';
  const rows = rowsOf(alert)
    .map(
      ([name, value]) =>
        `<tr><th style="text-align:left;padding:2px 1em 2px 0;color:#555">${name}</th><td>${escapeHtml(value)}</td></tr>`,
    )
    .join('');
  return `<section style="border-left:4px solid ${colour};padding-left:1em;margin:1em 0">
<h2 style="margin:0;font-size:1.2em;color:${colour}">${alert.status.toUpperCase()} ${escapeHtml(alert.name)}</h2>
<p><strong>${escapeHtml(alert.summary)}</strong></p><p>${escapeHtml(alert.description)}</p>
<table style="border-collapse:collapse;font-size:.93em">${rows}</table></section>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
