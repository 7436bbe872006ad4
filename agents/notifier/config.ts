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
  /** Base URLs of the links in mails; a missing one omits its link. */
  links: z.object({
    runbooks: baseUrl.optional(),
    dashboards: baseUrl.optional(),
    prometheus: baseUrl.optional(),
    alertmanager: baseUrl.optional(),
    traces: baseUrl.optional(),
  }),
  /** Missing where no Prometheus is available. */
  chart: z
    .object({
      /** Queried in this order. */
      prometheus: z.array(z.string()),
      /** The queries to plot for each alert. */
      plotsFile: z.string(),
      /** Length of the time before the alert that the chart shows. */
      leadMs: z.number().positive(),
      minStepMs: z.number().positive(),
      /** Maximum wait of a mail for its chart. */
      deadlineMs: z.number().positive(),
    })
    .optional(),
  /** How the ends of alerts are confirmed, see `EndTimes`. Missing where no Prometheus is available: ends are mailed unconfirmed. */
  ends: z
    .object({
      /** All are queried. */
      prometheus: z.array(z.string()).min(1),
      warmUpMs: z.number().positive(),
      unmonitoredAfterMs: z.number().positive(),
      unheardAfterMs: z.number().positive(),
    })
    .optional(),
  /** Alert storm: more groups than this within that time are combined in one digest mail. */
  flood: z.object({ groups: z.number().positive(), withinMs: z.number().positive() }),
  /** The heartbeat that must arrive repeatedly, and the alert that is mailed when it is missing. */
  watchdog: z.object({
    alert: z.enum(OWN_ALERTS),
    /** Addresses of the other hosts whose heartbeats are accepted, besides this one. */
    heartbeatSources: z.array(z.ipv4()),
    deadlineMs: z.number().positive(),
  }),
  /** Notifiers (`http://address:port`) that this one sends heartbeats to. They mail an alert when all heartbeats are missing. */
  heartbeatTargets: z.array(z.string()),
  /** The other notifiers. */
  peers: z.array(z.object({ host: z.string(), url: z.string() })),
});

export type SmtpServer = Readonly<z.infer<typeof smtpServerSchema>>;
export type NotifierConfig = Readonly<z.infer<typeof configSchema>>;

/** Reads `notifier.json`. Throws `invalid-topology` if it is unreadable or invalid. */
export function parseNotifierConfig(file: string): NotifierConfig {
  return readConfig(file, configSchema, 'the notifier');
}
