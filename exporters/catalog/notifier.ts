import { atMost, counter, gauge, histogram } from './metric.ts';
import { PROCESS } from './process.ts';

const OUTCOMES = ['sent', 'unreachable', 'deferred', 'refused', 'unsure'] as const;
const SERVERS = atMost(5, 'the SMTP servers in notifier.json');

/** The notifier on each monitor host, and the dead man's switch on the mail host, which is one too: agents/notifier/metrics.ts. */
export const NOTIFIER = {
  ...PROCESS,
  holdfast_notifier_webhooks_total: counter('1', 'Notifications received from Alertmanager by what became of them.', {
    labels: { result: ['queued', 'duplicate', 'unreadable', 'failed'] },
  }),
  holdfast_notifier_sendings_total: counter(
    '1',
    'Tries to send a mail by how they ended; known: another notifier had told it.',
    { labels: { outcome: [...OUTCOMES, 'known'] } },
  ),
  holdfast_notifier_smtp_attempts_total: counter(
    '1',
    'Tries to hand a mail to one SMTP server by how they ended; unsure: it may have taken the mail.',
    { labels: { server: SERVERS, outcome: OUTCOMES } },
  ),
  holdfast_notifier_smtp_attempt_duration_seconds: histogram(
    'seconds',
    'How long tries to hand a mail to one SMTP server took.',
    { labels: { server: SERVERS } },
  ),
  holdfast_notifier_charts_total: counter(
    '1',
    'Charts for mails by what became of them; missing: nothing to draw; failed: no Prometheus answered in time.',
    { labels: { result: ['drawn', 'missing', 'failed'] } },
  ),
  holdfast_notifier_digests_total: counter('1', 'Mails that told many notifications at once because of a flood.'),
  holdfast_notifier_digested_notifications_total: counter(
    '1',
    'Notifications that got no mail of their own because of a flood.',
  ),
  holdfast_notifier_flood_limit_groups: gauge(
    '1',
    'How many alert groups may be told one by one within the time of a flood.',
  ),
  holdfast_notifier_flood_window_seconds: gauge(
    'seconds',
    'The time of a flood: in it so many groups are told one by one, and after that one digest.',
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
    'When the always firing alert was last heard, on the mail host a sign of life of a monitor; at first the start of the notifier.',
  ),
} as const;
