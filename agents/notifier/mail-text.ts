import { contentOf, timeText } from './alert-content.ts';
import type { Chart } from './chart/make-chart.ts';
import { cleanLine } from './clean-text.ts';
import type { NotifierConfig } from './config.ts';
import { type MailContent, MAX_SECTIONS, type Section } from './mail-content.ts';
import { htmlOf } from './mail-html.ts';
import { plainOf } from './mail-plain.ts';
import { type Notification, type NotifiedAlert, digest, idOf, statusOf, statusText } from './notification.ts';
import type { QueuedMail } from './queued-mail.ts';

/** The parts of a mail that do not depend on sender and recipients. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** The thread that the mail belongs to, as `In-Reply-To` and `References`. */
  readonly references: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** The pictures that the HTML references by `cid:`. */
  readonly pictures: readonly { readonly cid: string; readonly png: Buffer }[];
}

interface MailContext {
  /** By alert key; alerts without an entry have no chart. */
  readonly charts: ReadonlyMap<string, Chart>;
  readonly links: NotifierConfig['links'];
  /** The host of the notifier. */
  readonly host: string;
  readonly nowMs: number;
}

/** Maximum number of alerts in the machine-readable headers. */
const MAX_HEADERS = 500;

/** The mail for a notification. `repetition` is 0 for the first mail and greater for a reminder. */
export function mailTextOf(notification: Notification, repetition: number, context: MailContext): MailText {
  const pictures: { cid: string; png: Buffer }[] = [];
  const sections = notification.alerts.slice(0, MAX_SECTIONS).map((alert, index): Section => {
    const chart = context.charts.get(alert.key) ?? NO_CHART;
    const content = contentOf(alert, { ...context, chart });
    if (chart.kind === 'none') return { alert, content, picture: undefined };
    const cid = `chart-${index + 1}@holdfast.example`;
    pictures.push({ cid, png: chart.png });
    return { alert, content, picture: { cid, ...chart.shown } };
  });
  const isReminder = repetition !== 0 && statusOf(notification) === 'firing';
  const reminder = isReminder ? 'Reminder: this alert is still firing. ' : '';
  const omitted =
    notification.truncated === 0 ? '' : `Alertmanager left out ${notification.truncated} more alerts of this group. `;
  return compose({
    nowMs: context.nowMs,
    alerts: notification.alerts,
    content: {
      subject: subjectOf(notification),
      notice: `${isDrill(notification) ? DRILL_NOTICE : ''}${reminder}${omitted}`.trim(),
      sections,
      others: notification.alerts.slice(MAX_SECTIONS),
      footer: footerOf(context),
    },
    messageId: `<${idOf(notification)}.${repetition}@holdfast.example>`,
    references: `<${notification.thread}@holdfast.example>`,
    pictures,
  });
}

/** One mail for many notifications, sent during an alert storm. */
export function digestTextOf(
  mails: readonly Pick<QueuedMail, 'notification' | 'repetition'>[],
  context: MailContext,
): MailText {
  const notifications = mails.map(({ notification }) => notification);
  const ids = mails.map(({ notification, repetition }) => `${idOf(notification)}.${repetition}`);
  const alerts = notifications.flatMap((notification) => notification.alerts);
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const unmonitored = alerts.filter(({ status }) => status === 'unmonitored').length;
  const rest = unmonitored === 0 ? '' : `, ${unmonitored} not monitored`;
  const resolved = alerts.length - firing - unmonitored;
  const counts = `${firing} firing, ${resolved} resolved${rest}, in ${notifications.length} groups`;
  const truncated = notifications.reduce((sum, notification) => sum + notification.truncated, 0);
  return compose({
    nowMs: context.nowMs,
    alerts,
    content: {
      subject: `[${statusText(statusOf({ alerts }))}] Digest: ${counts}`,
      notice: `Alert storm: these alerts are combined in one mail: ${counts}.${truncated === 0 ? '' : ` Alertmanager left out ${truncated} more.`}`,
      sections: [],
      others: alerts,
      footer: footerOf(context),
    },
    messageId: `<${digest(ids.toSorted())}.digest@holdfast.example>`,
    references: `<${digest(['digest', context.host])}@holdfast.example>`,
    pictures: [],
  });
}

const NO_CHART: Chart = { kind: 'none', reason: 'only the first alerts of a mail have a chart', failed: false };
const DRILL_NOTICE =
  'THIS IS A DRILL. Nothing is wrong: someone is testing the delivery of this alert. Values and charts are those of the healthy stack. ';

function isDrill({ alerts }: Notification): boolean {
  return alerts.every(({ drill }) => drill !== undefined);
}

function footerOf({ host, nowMs }: MailContext): string {
  return `Sent by the notifier of ${host} at ${timeText(nowMs)}.`;
}

interface Parts extends Pick<MailText, 'messageId' | 'references' | 'pictures'> {
  readonly nowMs: number;
  readonly alerts: readonly NotifiedAlert[];
  readonly content: MailContent;
}

function compose({ alerts, content, nowMs, ...rest }: Parts): MailText {
  return {
    ...rest,
    subject: content.subject,
    text: plainOf(content),
    html: htmlOf(content),
    headers: headersOf(alerts, nowMs),
  };
}

/** `[FIRING] LoadBalancerLost lb1`: names and hosts of the alerts that have the status of the notification. */
export function subjectOf(notification: Notification): string {
  const status = statusOf(notification);
  const matching = notification.alerts.filter((alert) => alert.status === status);
  const byName = Map.groupBy(matching, (alert) => alert.name);
  const topics = [...byName].map(([name, alerts]) => {
    const hosts = [...new Set(alerts.flatMap((alert) => alert.host ?? []))];
    return hosts.length === 0 ? name : `${name} ${hosts.join(', ')}`;
  });
  return cleanLine(`${isDrill(notification) ? '[DRILL] ' : ''}[${statusText(status)}] ${topics.join('; ')}`, 200);
}

/** Machine-readable copies for mail filters; values are percent-encoded. */
function headersOf(alerts: readonly NotifiedAlert[], nowMs: number): MailText['headers'] {
  const [first] = alerts;
  return {
    'X-Holdfast-Alert': cleanLine(first?.name ?? '', 100),
    'X-Holdfast-Status': statusOf({ alerts }),
    'X-Holdfast-Labels': pairs(first?.labels ?? {}),
    'X-Holdfast-Alerts': alerts.slice(0, MAX_HEADERS).map((alert) =>
      pairs({
        alertname: alert.name,
        status: alert.status,
        ...(alert.host === undefined ? {} : { host: alert.host }),
        startsAtMs: String(alert.startsAtMs),
        key: alert.key,
        ...(alert.drill === undefined ? {} : { drill: alert.drill }),
      }),
    ),
    'X-Holdfast-Written-At': new Date(nowMs).toISOString(),
    'Auto-Submitted': 'auto-generated',
  };
}

/** `a=1; b=2`, values percent-encoded. */
function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join('; ');
}
