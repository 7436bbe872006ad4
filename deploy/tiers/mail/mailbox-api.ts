import { z } from 'zod';

/** Status of an alert in a mail; `unmonitored`: it was firing, and its current state is unknown. */
export const MAIL_STATUSES = ['firing', 'resolved', 'unmonitored'] as const;

/** One alert that a mail is about; the notifier writes them into the mail's headers. */
const mailAlertSchema = z.object({
  alertname: z.string(),
  status: z.enum(MAIL_STATUSES),
  /** The affected host of the topology, if any. */
  host: z.string().optional(),
  /** Start of the alert according to Prometheus (epoch milliseconds). */
  startsAtMs: z.number().optional(),
  /** Identifies the alert by its labels: Alertmanager's fingerprint. An alert of a notifier itself has name, host and start instead. */
  key: z.string().optional(),
  /** ID of the alert drill; missing for a real alert. */
  drill: z.string().optional(),
});

/** One mail in the list of `GET /api/messages`. */
export const mailSummarySchema = z.object({
  /** Assigned by the mailbox; sorts by arrival. */
  id: z.string(),
  /** ISO 8601, UTC, with milliseconds. */
  receivedAt: z.string(),
  receivedAtMs: z.number(),
  from: z.string(),
  /** Comma-separated. */
  to: z.string(),
  subject: z.string(),
  /** With angle brackets. Duplicates of a notification have the same one. */
  messageId: z.string(),
  /** The Message-ID that all mails of an alert group refer to. */
  thread: z.string().optional(),
  /** How often it has arrived since the mailbox was started. More than 1 if the sender got no confirmation and sent it again. */
  copies: z.number().default(1),
  /** Of the first alert in the mail; `alerts` has all of them. */
  alertname: z.string().optional(),
  status: z.enum(MAIL_STATUSES).optional(),
  host: z.string().optional(),
  /** Every alert of the mail with its own status; empty for mails of other senders. */
  alerts: z.array(mailAlertSchema),
});

/** Reply of `GET /api/messages?since=<epoch ms>` (received at or after that time), oldest first. `DELETE /api/messages` answers `{deleted: number}`. */
export const mailListSchema = z.array(mailSummarySchema);

/** Reply of `GET /api/messages/:id`. */
export const mailSchema = mailSummarySchema.extend({
  text: z.string(),
  /** With inline images, as `data:`. */
  html: z.string().optional(),
  headers: z.record(z.string(), z.string()),
});

export type MailAlert = Readonly<z.infer<typeof mailAlertSchema>>;
export type MailSummary = Readonly<z.infer<typeof mailSummarySchema>>;
export type Mail = Readonly<z.infer<typeof mailSchema>>;
