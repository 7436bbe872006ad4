import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { decideDeduplication } from './deduplicate.ts';
import type { NotifierConfig } from './config.ts';
import { openDelivery } from './deliver.ts';
import { openEndWatch } from './end-watch.ts';
import { type Chart, makeChart } from './chart/make-chart.ts';
import { makeMetrics } from './metrics.ts';
import { type MailText, digestTextOf, mailTextOf, subjectOf } from './mail-text.ts';
import type { Notification } from './notification.ts';
import { openPeerMemory } from './peer-memory.ts';
import { queryPeer } from './peers.ts';
import { readPrometheusView } from './read-prometheus-view.ts';
import { makeServer } from './server.ts';
import { makeSendMail } from './smtp.ts';
import { openSpool } from './spool.ts';
import { openMissingHeartbeat } from './missing-heartbeat.ts';
import { openWatchdogTimer } from './watchdog-timer.ts';

/** A running notifier. */
export interface Notifier extends AsyncDisposable {
  /** The port that it listens on, also if the configuration has 0. */
  readonly port: number;
}

/** Timeout of each reply of a mail server, and the retry backoff. */
const SMTP_TIMEOUT_MS = 4_000;
/** Allows for a mail with three charts over a slow network. */
const SMTP_DEADLINE_MS = 15_000;
const MIN_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 15_000;
/** Maximum number of charts per mail. */
const MAX_CHARTS = 3;
const NOTHING_TO_DRAW: Chart = { kind: 'none', reason: 'this alert has no metric', failed: false };
/** Mail that could not be delivered for this long is outdated and moved to the dead-letter queue. */
const MAX_AGE_MS = 3 * 24 * 3_600_000;

/** Starts the notifier: spool, delivery, watchdog, HTTP. */
export async function openNotifier(config: NotifierConfig, log: (line: string) => void): Promise<Notifier> {
  const now = (): number => Date.now();
  const elapsed = (): number => performance.now();
  const spool = openSpool({ folder: config.stateFolder, repeatAfterMs: config.repeatAfterMs, log });
  const put = (notification: Parameters<typeof spool.put>[0]): void => {
    if (spool.put(notification, now()) === 'queued') delivery.wake();
  };
  const { ends } = config;
  const endWatch =
    ends === undefined
      ? undefined
      : openEndWatch({
          ...{ ...ends, alerts: spool.openAlerts, put, now, elapsed, log },
          queryAll: (names) => Promise.all(ends.prometheus.map((url) => readPrometheusView(url, names))),
        });
  const memory = openPeerMemory({ peers: config.peers, now });
  const watchdog = openWatchdogTimer({
    ...{ ...config, now, elapsed, put, log },
    missingHeartbeat: openMissingHeartbeat(config.stateFolder),
  });
  const metrics = makeMetrics({
    ...{ spool, now, servers: config.smtp, flood: config.flood },
    watchdogLastSeenMs: watchdog.lastSeenMs,
  });
  const chartsOf = async ({ alerts }: Notification): Promise<ReadonlyMap<string, Chart>> => {
    const options = config.chart;
    const drawn = alerts.slice(0, MAX_CHARTS).map(async (alert) => {
      const chart = options === undefined ? NOTHING_TO_DRAW : await makeChart(alert, { ...options, now });
      metrics.countChart(chart);
      return [alert.key, chart] as const;
    });
    return new Map(await Promise.all(drawn));
  };
  const contextOf = (charts: ReadonlyMap<string, Chart>) => ({ ...config, charts, nowMs: now() });
  const delivery = openDelivery({
    spool,
    flood: config.flood,
    send: makeSendMail({
      ...{ ...config, servers: config.smtp, timeoutMs: SMTP_TIMEOUT_MS, deadlineMs: SMTP_DEADLINE_MS, elapsed },
      onAttempt: (server, attempt, tookMs) => {
        metrics.countAttempt(server, attempt.outcome, tookMs);
        if (attempt.outcome !== 'sent') log(`${server.servername}: ${attempt.outcome} (${attempt.reason})`);
        else if (attempt.notTo.length > 0)
          log(`${server.servername} accepted a mail, but not for ${attempt.notTo.join(', ')}`);
      },
    }),
    write: async (notification, repetition): Promise<MailText> =>
      mailTextOf(notification, repetition, contextOf(await chartsOf(notification))),
    writeDigest: (mails) => digestTextOf(mails, contextOf(new Map())),
    deduplicate: async (mail) => {
      const keys = mail.notification.alerts.map((alert) => alert.key);
      const peers = new Map(
        await Promise.all(config.peers.map(async (peer) => [peer.host, await queryPeer(peer, keys)] as const)),
      );
      const unreachable = [...peers].flatMap(([host, answer]) => (answer === undefined ? [host] : []));
      return decideDeduplication(mail, {
        host: config.host,
        nowMs: now(),
        repeatAfterMs: config.repeatAfterMs,
        lastNotified: (key) => spool.knowledgeOf(key).notified,
        peers,
        remembered: (key) => memory.find(key, unreachable),
      });
    },
    now,
    elapsed,
    minBackoffMs: MIN_BACKOFF_MS,
    maxBackoffMs: MAX_BACKOFF_MS,
    maxAgeMs: MAX_AGE_MS,
    onSending: (mails, delivered) => {
      metrics.countSending(delivered.outcome, mails.length);
      if (delivered.outcome === 'sent' || delivered.outcome === 'duplicate') {
        for (const { notification } of mails) endWatch?.onNotified(notification);
      }
      const [first] = mails;
      const reason = 'reason' in delivered ? delivered.reason : `after ${now() - (first?.queuedAtMs ?? now())} ms`;
      for (const mail of mails) log(`${delivered.outcome}: ${subjectOf(mail.notification)} (${reason})`);
    },
    log,
  });
  const server = makeServer({
    spool,
    metrics,
    now,
    onQueued: delivery.wake,
    endWatch,
    onWatchdog: watchdog.onReceived,
    isWatchdogReceived: watchdog.isReceived,
    watchdogSources: config.watchdog.heartbeatSources,
    log,
  });
  server.listen(config.port);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      watchdog[Symbol.dispose]();
      memory[Symbol.dispose]();
      endWatch?.[Symbol.dispose]();
      server.close();
      server.closeAllConnections();
      await delivery[Symbol.asyncDispose]();
    },
  };
}
