import { type AddressObject, type Attachment, type HeaderLines, simpleParser } from 'mailparser';
import {
  type Mail,
  MAIL_STATUSES,
  type MailAlert,
  type MailSummary,
  mailSummarySchema,
} from '../../deploy/tiers/mail/mailbox-api.ts';

/** An unparsed mail with its ID and time of arrival. */
export interface RawMail {
  readonly id: string;
  readonly receivedAtMs: number;
  readonly source: Buffer;
}

/** Parses one mail, including the notifier's headers. Mails from other senders have no alerts. */
export async function parseMail({ id, receivedAtMs, source }: RawMail): Promise<Mail> {
  const parsed = await simpleParser(source, { skipImageLinks: true, skipTextToHtml: true });
  const alerts = alertsOf(parsed.headerLines);
  const [first] = alerts;
  return {
    id,
    receivedAt: new Date(receivedAtMs).toISOString(),
    receivedAtMs,
    from: addressText(parsed.from),
    to: addressText(parsed.to),
    subject: parsed.subject ?? '',
    messageId: parsed.messageId ?? '',
    ...(first === undefined
      ? {}
      : { alertname: first.alertname, status: statusOf(parsed.headerLines) ?? first.status }),
    ...(first?.host === undefined ? {} : { host: first.host }),
    ...threadOf(parsed.references),
    copies: 1,
    alerts: [...alerts],
    text: parsed.text ?? '',
    ...(typeof parsed.html === 'string' ? { html: withPictures(parsed.html, parsed.attachments) } : {}),
    headers: Object.fromEntries(parsed.headerLines.map(({ key, line }) => [key, valueOf(line)])),
  };
}

const PICTURES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif']);

/** Replaces the `cid:` references in the HTML by the attached pictures. Leaves everything else unchanged, and loads nothing. */
function withPictures(html: string, attachments: readonly Attachment[]): string {
  const pictures = attachments.filter(({ cid, contentType }) => cid !== undefined && PICTURES.has(contentType));
  return pictures.reduce(
    (text, { cid = '', contentType, content }) =>
      text.replaceAll(`cid:${cid}`, `data:${contentType};base64,${content.toString('base64')}`),
    html,
  );
}

function threadOf(references: readonly string[] | string | undefined): Pick<Mail, 'thread'> {
  const first = [references ?? []].flat()[0];
  return first === undefined ? {} : { thread: first };
}

/** The summary of a mail for the list. */
export function summaryOf(mail: Mail): MailSummary {
  return mailSummarySchema.parse(mail);
}

function addressText(addresses: AddressObject | readonly AddressObject[] | undefined): string {
  if (addresses === undefined) return '';
  return [addresses]
    .flat()
    .map((address) => ('text' in address ? address.text : ''))
    .join(', ');
}

function statusOf(lines: HeaderLines): MailAlert['status'] | undefined {
  const value = lines.find(({ key }) => key === 'x-holdfast-status');
  return value === undefined ? undefined : parseStatus(valueOf(value.line));
}

/** `X-Holdfast-Alerts: alertname=A; status=firing; host=lb1; startsAtMs=1; key=k`, one per alert, values percent-encoded. */
function alertsOf(lines: HeaderLines): readonly MailAlert[] {
  return lines.flatMap(({ key, line }) => {
    if (key !== 'x-holdfast-alerts') return [];
    const pairs = new Map(
      valueOf(line)
        .split(/;\s*/)
        .map((pair) => {
          const [name = '', value = ''] = pair.split('=');
          return [name, decode(value)] as const;
        }),
    );
    const alertname = pairs.get('alertname');
    const status = parseStatus(pairs.get('status'));
    if (alertname === undefined || status === undefined) return [];
    const host = pairs.get('host');
    const drill = pairs.get('drill');
    const alertKey = pairs.get('key');
    const startsAtMs = Number(pairs.get('startsAtMs'));
    return [
      {
        alertname,
        status,
        ...(host === undefined ? {} : { host }),
        ...(Number.isFinite(startsAtMs) ? { startsAtMs } : {}),
        ...(alertKey === undefined ? {} : { key: alertKey }),
        ...(drill === undefined ? {} : { drill }),
      },
    ];
  });
}

function parseStatus(value: string | undefined): MailAlert['status'] | undefined {
  return MAIL_STATUSES.find((status) => status === value);
}

/** The value of a header line, unfolded. */
function valueOf(line: string): string {
  return line
    .slice(line.indexOf(':') + 1)
    .replace(/\r?\n[ \t]+/g, ' ')
    .trim();
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.trim());
  } catch {
    return value;
  }
}
