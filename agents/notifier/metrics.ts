import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import type { Chart } from './chart/make-chart.ts';
import type { SmtpServer } from './config.ts';
import type { Delivered } from './deliver.ts';
import type { Attempt } from './smtp-attempt.ts';
import type { Spool } from './spool.ts';

interface MetricsOptions {
  readonly spool: Spool;
  readonly now: () => number;
  readonly watchdogLastSeenMs: () => number;
  /** In the order of preference. */
  readonly servers: readonly SmtpServer[];
  /** Alert storm: more groups than this within that time are combined in one digest. */
  readonly flood: { readonly groups: number; readonly withinMs: number };
}

const OUTCOMES: readonly Attempt['outcome'][] = ['sent', 'unreachable', 'deferred', 'refused', 'unsure'];

/** The notifier's metrics, in a registry of their own. */
export interface NotifierMetrics {
  readonly registry: Registry;
  readonly countWebhook: (result: 'queued' | 'duplicate' | 'unreadable' | 'failed') => void;
  /** `notifications`: the number that one mail covers. */
  readonly countSending: (outcome: Delivered['outcome'], notifications: number) => void;
  readonly countAttempt: (server: SmtpServer, outcome: Attempt['outcome'], tookMs: number) => void;
  readonly countChart: (chart: Chart) => void;
}

export function makeMetrics({ spool, now, watchdogLastSeenMs, servers, flood }: MetricsOptions): NotifierMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectProcessMetrics(registry);
  const webhooks = new Counter({
    name: 'holdfast_notifier_webhooks_total',
    help: 'Notifications received from Alertmanager by result.',
    labelNames: ['result'],
    registers,
  });
  const deliveries = new Counter({
    name: 'holdfast_notifier_deliveries_total',
    help: 'Mail delivery attempts by outcome; duplicate: skipped, because another notifier had sent it.',
    labelNames: ['outcome'],
    registers,
  });
  for (const result of ['queued', 'duplicate', 'unreadable', 'failed']) webhooks.inc({ result }, 0);
  for (const outcome of [...OUTCOMES, 'duplicate']) deliveries.inc({ outcome }, 0);
  const attempts = new Counter({
    name: 'holdfast_notifier_smtp_attempts_total',
    help: 'SMTP delivery attempts per server by outcome; unsure: the server may have accepted the mail.',
    labelNames: ['server', 'outcome'],
    registers,
  });
  const attemptSeconds = new Histogram({
    name: 'holdfast_notifier_smtp_attempt_duration_seconds',
    help: 'Duration of SMTP delivery attempts per server.',
    labelNames: ['server'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  for (const { servername: server } of servers) {
    attemptSeconds.zero({ server });
    for (const outcome of OUTCOMES) attempts.inc({ server, outcome }, 0);
  }
  const charts = new Counter({
    name: 'holdfast_notifier_charts_total',
    help: 'Charts for mails by result; missing: no data; failed: no Prometheus responded in time.',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['drawn', 'missing', 'failed']) charts.inc({ result }, 0);
  const digests = new Counter({
    name: 'holdfast_notifier_digests_total',
    help: 'Digest mails sent during alert storms.',
    registers,
  });
  const digested = new Counter({
    name: 'holdfast_notifier_digested_notifications_total',
    help: 'Notifications combined in digest mails.',
    registers,
  });
  computed(
    'holdfast_notifier_flood_limit_groups',
    'Limit of alert groups mailed individually within the storm window.',
    () => flood.groups,
  );
  computed(
    'holdfast_notifier_flood_window_seconds',
    'Length of the storm window; further groups within it are combined in one digest.',
    () => flood.withinMs / 1000,
  );
  const lastSuccess = new Gauge({
    name: 'holdfast_notifier_last_success_timestamp_seconds',
    help: 'Time of the last accepted mail, 0 if none since the start.',
    registers,
  });
  computed('holdfast_notifier_queue_length', 'Queued mails.', () => spool.queue().length);
  computed('holdfast_notifier_oldest_queued_age_seconds', 'Age of the oldest queued mail; 0 for none.', () =>
    Math.max(0, ...spool.queue().map((mail) => (now() - mail.queuedAtMs) / 1000)),
  );
  computed('holdfast_notifier_dead_letters', 'Notifications in the dead-letter queue.', () => spool.deadCount());
  computed(
    'holdfast_notifier_watchdog_last_seen_timestamp_seconds',
    'Time of the last watchdog alert (mail host: of the last monitor heartbeat); initially the start of the notifier.',
    () => watchdogLastSeenMs() / 1000,
  );
  return {
    registry,
    countWebhook: (result) => {
      webhooks.inc({ result });
    },
    countSending: (outcome, notifications) => {
      deliveries.inc({ outcome });
      if (outcome !== 'sent') return;
      lastSuccess.set(now() / 1000);
      if (notifications < 2) return;
      digests.inc();
      digested.inc(notifications);
    },
    countAttempt: ({ servername: server }, outcome, tookMs) => {
      attempts.inc({ server, outcome });
      attemptSeconds.observe({ server }, tookMs / 1000);
    },
    countChart: (chart) => {
      charts.inc({ result: chart.kind === 'drawn' ? 'drawn' : chart.failed ? 'failed' : 'missing' });
    },
  };

  function computed(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  }
}
