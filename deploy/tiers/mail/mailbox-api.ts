import { z } from 'zod';

/** What a mail says of an alert; `unmonitored`: it fired when it was last seen, and nobody can say whether it still does. */
export const MAIL_STATUSES = ['firing', 'resolved', 'unmonitored'] as const;

/** One alert that a mail is about; the notifier writes them into the mail's headers. */
const mailAlertSchema = z.object({
  alertname: z.string(),
  status: z.enum(MAIL_STATUSES),
  /** The host of the topology that the alert is about, where it is about one. */
  host: z.string().optional(),
  /** When the condition began to be an alert, as Prometheus saw it (epoch milliseconds). */
  startsAtMs: z.number().optional(),
  /** The same for the same alert of the same beginning: `<Alertmanager's fingerprint>@<startsAtMs>`. */
  key: z.string().optional(),
  /** Which drill made it; missing for a real one. */
  drill: z.string().optional(),
});

/** One mail as `GET /api/messages` lists it. */
export const mailSummarySchema = z.object({
  /** Of the mailbox: sorts by arrival. */
  id: z.string(),
  /** ISO 8601, UTC, with milliseconds. */
  receivedAt: z.string(),
  receivedAtMs: z.number(),
  from: z.string(),
  /** Comma-separated. */
  to: z.string(),
  subject: z.string(),
  /** With its angle brackets; the same notification has the same one, so that a duplicate can be recognised. */
  messageId: z.string(),
  /** The Message-ID that the whole thread refers to: the same for all mails of an alert group. */
  thread: z.string().optional(),
  /** How often it arrived since the mailbox was started; more than 1 when its sender could not know that it had. */
  copies: z.number().default(1),
  /** Of the first alert in the mail; `alerts` has all of them. */
  alertname: z.string().optional(),
  status: z.enum(MAIL_STATUSES).optional(),
  host: z.string().optional(),
  /** Every alert of the mail with its own status; empty for mail that is not the notifier's. */
  alerts: z.array(mailAlertSchema),
});

/** Reply of `GET /api/messages?since=<epoch ms>` (received at or after that time), oldest first. `DELETE /api/messages` answers `{deleted: number}`. */
export const mailListSchema = z.array(mailSummarySchema);

/** Reply of `GET /api/messages/:id`. */
export const mailSchema = mailSummarySchema.extend({
  text: z.string(),
  /** Its pictures inside of it, as `data:`. */
  html: z.string().optional(),
  headers: z.record(z.string(), z.string()),
});

export type MailAlert = Readonly<z.infer<typeof mailAlertSchema>>;
export type MailSummary = Readonly<z.infer<typeof mailSummarySchema>>;
export type Mail = Readonly<z.infer<typeof mailSchema>>;
