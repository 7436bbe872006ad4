import { z } from 'zod';
import { readConfig } from '../../kit/read-config.ts';
import { OWN_ALERTS } from './watchdog.ts';

const smtpServerSchema = z.object({
  host: z.string(),
  port: z.number(),
  /** The name that the server's certificate must carry. */
  servername: z.string(),
  user: z.string(),
});

const baseUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

const configSchema = z.object({
  /** The host that this notifier runs on. */
  host: z.string(),
  /** Webhooks (from loopback only), `/healthz` and `/metrics`. */
  port: z.number(),
  stateFolder: z.string(),
  from: z.string(),
  to: z.array(z.string()).min(1),
  /** Tried in this order. */
  smtp: z.array(smtpServerSchema).min(1),
  passwordFile: z.string(),
  /** Authority that the servers' certificates must come from. */
  caFile: z.string(),
  /** The same notification within this time is a duplicate, later a reminder. */
  repeatAfterMs: z.number().positive(),
  /** Bases of the links in mails; what is missing is not linked. */
  links: z.object({
    runbooks: baseUrl.optional(),
    dashboards: baseUrl.optional(),
    prometheus: baseUrl.optional(),
    alertmanager: baseUrl.optional(),
    traces: baseUrl.optional(),
  }),
  /** Missing where there is no Prometheus to ask. */
  chart: z
    .object({
      /** Asked in this order. */
      prometheus: z.array(z.string()),
      /** What to draw of each alert. */
      plotsFile: z.string(),
      /** How much of the time before the alert is shown. */
      leadMs: z.number().positive(),
      minStepMs: z.number().positive(),
      /** No mail waits longer for its chart. */
      deadlineMs: z.number().positive(),
    })
    .optional(),
  /** How the ends of alerts are confirmed, see `EndTimes`; missing where there is no Prometheus to ask: ends are believed. */
  ends: z
    .object({
      /** All are asked. */
      prometheus: z.array(z.string()).min(1),
      warmUpMs: z.number().positive(),
      unmonitoredAfterMs: z.number().positive(),
      unheardAfterMs: z.number().positive(),
    })
    .optional(),
  /** More groups than this within that time are told in one mail. */
  flood: z.object({ groups: z.number().positive(), withinMs: z.number().positive() }),
  /** What must be heard again and again, and what is told when it is not. */
  watchdog: z.object({
    alert: z.enum(OWN_ALERTS),
    /** Addresses of other hosts that it may be heard from, beside this one. */
    heardFrom: z.array(z.ipv4()),
    deadlineMs: z.number().positive(),
  }),
  /** Notifiers elsewhere, as `http://address:port`, that tell when none of those shows a sign of life that they hear. */
  signsOfLifeTo: z.array(z.string()),
  /** The other notifiers. */
  peers: z.array(z.object({ host: z.string(), url: z.string() })),
});

export type SmtpServer = Readonly<z.infer<typeof smtpServerSchema>>;
export type NotifierConfig = Readonly<z.infer<typeof configSchema>>;

/** Reads `notifier.json`. Throws `usage` when it cannot be read or is not one. */
export function parseNotifierConfig(file: string): NotifierConfig {
  return readConfig(file, configSchema, 'the notifier');
}
