import { type MailAlert, type MailSummary, mailListSchema, mailSchema } from '../../deploy/tiers/mail/mailbox-api.ts';
import { fetchJson } from '../../deploy/observe/http.ts';

/** One mail of a drill. */
export interface DrillMail {
  readonly status: MailAlert['status'];
  readonly subject: string;
  readonly from: string;
  /** Time of the header `x-holdfast-written-at`, set by the notifier; undefined without it. */
  readonly writtenAtMs: number | undefined;
  readonly receivedAtMs: number;
  /** How often it arrived. */
  readonly copies: number;
}

/** The mails of a drill in the order of arrival. Copies of a mail are one entry. Throws `http` when the mailbox cannot be read. */
export async function readDrillMails(
  mailboxUrl: string,
  { id, sinceMs }: { readonly id: string; readonly sinceMs: number },
): Promise<readonly DrillMail[]> {
  const all = await fetchJson(`${mailboxUrl}/api/messages?since=${Math.floor(sinceMs)}`, mailListSchema);
  const own = all.flatMap((mail) => {
    const alert = mail.alerts.find(({ drill }) => drill === id);
    return alert === undefined ? [] : [{ mail, status: alert.status }];
  });
  return Promise.all(own.map(async ({ mail, status }) => readMail(mailboxUrl, mail, status)));
}

async function readMail(
  mailboxUrl: string,
  { id, subject, from, receivedAtMs, copies }: MailSummary,
  status: DrillMail['status'],
): Promise<DrillMail> {
  const { headers } = await fetchJson(`${mailboxUrl}/api/messages/${id}`, mailSchema);
  const written = Date.parse(headers['x-holdfast-written-at'] ?? '');
  return { status, subject, from, receivedAtMs, copies, writtenAtMs: Number.isFinite(written) ? written : undefined };
}
