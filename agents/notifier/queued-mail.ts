import { z } from 'zod';
import { ALERT_STATUSES, type Notification } from './notification.ts';

/** A mail that has to be sent. */
export interface QueuedMail {
  /** File name without ending; sorts by the order of arrival. */
  readonly key: string;
  readonly notification: Notification;
  /** 0 for the first mail about a state, greater for a reminder. */
  readonly repetition: number;
  readonly queuedAtMs: number;
}

/** An alert in files. */
export const notifiedAlertSchema = z.object({
  key: z.string(),
  name: z.string(),
  status: z.enum(ALERT_STATUSES),
  host: z.string().optional(),
  severity: z.string(),
  owner: z.string(),
  domain: z.string().optional(),
  drill: z.string().optional(),
  summary: z.string(),
  description: z.string(),
  runbook: z.string(),
  startsAtMs: z.number(),
  endsAtMs: z.number().optional(),
  labels: z.record(z.string(), z.string()),
});

/** A queued mail in its file. */
export const queuedMailSchema: z.ZodType<QueuedMail> = z.object({
  key: z.string(),
  notification: z.object({ thread: z.string(), alerts: z.array(notifiedAlertSchema).min(1), truncated: z.number() }),
  repetition: z.number(),
  queuedAtMs: z.number(),
});

/** Time since it was queued, by the wall clock; infinite if the clock was set back since then. */
export function ageMs({ queuedAtMs }: QueuedMail, clockMs: number): number {
  return clockMs < queuedAtMs ? Infinity : clockMs - queuedAtMs;
}

/** Parses the text of the file `<key>.json`. Throws if it is damaged or contains another mail. */
export function parseQueuedMail(text: string, key: string): QueuedMail {
  const mail = queuedMailSchema.parse(JSON.parse(text));
  if (mail.key !== key) throw new Error(`it contains the mail ${mail.key}`);
  return mail;
}
