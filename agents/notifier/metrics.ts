import { Counter, Gauge, Registry } from 'prom-client';
import { collectProcessMetrics } from '../../kit/process-metrics.ts';
import type { Sending } from './smtp.ts';
import type { Spool } from './spool.ts';

interface MetricsOptions {
  readonly spool: Spool;
  readonly now: () => number;
  readonly watchdogLastSeenMs: () => number;
}

/** The notifier's metrics, in a registry of their own. */
export interface NotifierMetrics {
  readonly registry: Registry;
  readonly countWebhook: (result: 'queued' | 'duplicate' | 'unreadable' | 'failed') => void;
  readonly countSending: (sending: Pick<Sending, 'outcome'> | { readonly outcome: 'known' }, nowMs: number) => void;
}

export function makeMetrics({ spool, now, watchdogLastSeenMs }: MetricsOptions): NotifierMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectProcessMetrics(registry);
  const webhooks = new Counter({
    name: 'holdfast_notifier_webhooks_total',
    help: 'Notifications received from Alertmanager by what became of them.',
    labelNames: ['result'],
    registers,
  });
  const sendings = new Counter({
    name: 'holdfast_notifier_sendings_total',
    help: 'Tries to send a mail by how they ended; known: another notifier had told it.',
    labelNames: ['outcome'],
    registers,
  });
  for (const result of ['queued', 'duplicate', 'unreadable', 'failed']) webhooks.inc({ result }, 0);
  for (const outcome of ['sent', 'unreachable', 'deferred', 'refused', 'known']) sendings.inc({ outcome }, 0);
  const lastSuccess = new Gauge({
    name: 'holdfast_notifier_last_success_timestamp_seconds',
    help: 'When a mail was last taken by a server, 0 for never since the start.',
    registers,
  });
  computed('holdfast_notifier_queue_length', 'Mails that wait to be sent.', () => spool.queue().length);
  computed('holdfast_notifier_oldest_queued_age_seconds', 'Age of the oldest mail that waits, 0 for none.', () =>
    Math.max(0, ...spool.queue().map((mail) => (now() - mail.queuedAtMs) / 1000)),
  );
  computed('holdfast_notifier_dead_mails', 'Notifications that could not be mailed and were put aside.', () =>
    spool.deadCount(),
  );
  computed(
    'holdfast_notifier_watchdog_last_seen_timestamp_seconds',
    'When Alertmanager last passed the always firing alert on; at first the start of the notifier.',
    () => watchdogLastSeenMs() / 1000,
  );
  return {
    registry,
    countWebhook: (result) => {
      webhooks.inc({ result });
    },
    countSending: (sending, nowMs) => {
      sendings.inc({ outcome: sending.outcome });
      if (sending.outcome === 'sent') lastSuccess.set(nowMs / 1000);
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
