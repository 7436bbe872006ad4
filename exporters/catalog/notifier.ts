import { atMost, counter, gauge, histogram } from './metric.ts';
import { PROCESS } from './process.ts';

const OUTCOMES = ['sent', 'unreachable', 'deferred', 'refused', 'unsure'] as const;
const SERVERS = atMost(5, 'the SMTP servers in notifier.json');

/** The notifier on each monitor host, and the dead man's switch on the mail host, which runs the same program: agents/notifier/metrics.ts. */
export const NOTIFIER = {
  ...PROCESS,
  holdfast_notifier_webhooks_total: counter('1', 'Notifications received from Alertmanager by result.', {
    labels: { result: ['queued', 'duplicate', 'unreadable', 'failed'] },
  }),
  holdfast_notifier_deliveries_total: counter(
    '1',
    'Mail delivery attempts by outcome; duplicate: skipped, because another notifier had sent it.',
    { labels: { outcome: [...OUTCOMES, 'duplicate'] } },
  ),
  holdfast_notifier_smtp_attempts_total: counter(
    '1',
    'SMTP delivery attempts per server by outcome; unsure: the server may have accepted the mail.',
    { labels: { server: SERVERS, outcome: OUTCOMES } },
  ),
  holdfast_notifier_smtp_attempt_duration_seconds: histogram(
    'seconds',
    'Duration of SMTP delivery attempts per server.',
    { labels: { server: SERVERS } },
  ),
  holdfast_notifier_charts_total: counter(
    '1',
    'Charts for mails by result; missing: no data; failed: no Prometheus responded in time.',
    { labels: { result: ['drawn', 'missing', 'failed'] } },
  ),
  holdfast_notifier_digests_total: counter('1', 'Digest mails sent during alert storms.'),
  holdfast_notifier_digested_notifications_total: counter('1', 'Notifications combined in digest mails.'),
  holdfast_notifier_flood_limit_groups: gauge(
    '1',
    'Limit of alert groups mailed individually within the storm window.',
  ),
  holdfast_notifier_flood_window_seconds: gauge(
    'seconds',
    'Length of the storm window; further groups within it are combined in one digest.',
  ),
  holdfast_notifier_last_success_timestamp_seconds: gauge(
    'timestamp',
    'Time of the last accepted mail, 0 if none since the start.',
  ),
  holdfast_notifier_queue_length: gauge('1', 'Queued mails.'),
  holdfast_notifier_oldest_queued_age_seconds: gauge('seconds', 'Age of the oldest queued mail; 0 for none.'),
  holdfast_notifier_dead_letters: gauge('1', 'Notifications in the dead-letter queue.'),
  holdfast_notifier_watchdog_last_seen_timestamp_seconds: gauge(
    'timestamp',
    'Time of the last watchdog alert (mail host: of the last monitor heartbeat); initially the start of the notifier.',
  ),
} as const;
