import { counter, gauge } from './metric.ts';
import { PROCESS } from './process.ts';

/** The notifier on each monitor host: agents/notifier/metrics.ts. */
export const NOTIFIER = {
  ...PROCESS,
  holdfast_notifier_webhooks_total: counter('1', 'Notifications received from Alertmanager by what became of them.', {
    labels: { result: ['queued', 'duplicate', 'unreadable', 'failed'] },
  }),
  holdfast_notifier_sendings_total: counter(
    '1',
    'Tries to send a mail by how they ended; known: another notifier had told it.',
    { labels: { outcome: ['sent', 'unreachable', 'deferred', 'refused', 'known'] } },
  ),
  holdfast_notifier_last_success_timestamp_seconds: gauge(
    'timestamp',
    'When a mail was last taken by a server, 0 for never since the start.',
  ),
  holdfast_notifier_queue_length: gauge('1', 'Mails that wait to be sent.'),
  holdfast_notifier_oldest_queued_age_seconds: gauge('seconds', 'Age of the oldest mail that waits, 0 for none.'),
  holdfast_notifier_dead_mails: gauge('1', 'Notifications that could not be mailed and were put aside.'),
  holdfast_notifier_watchdog_last_seen_timestamp_seconds: gauge(
    'timestamp',
    'When Alertmanager last passed the always firing alert on; at first the start of the notifier.',
  ),
} as const;
