import { atMost, counter, gauge, histogram } from './metric.ts';
import { PROCESS } from './process.ts';

const { process_start_time_seconds, process_cpu_seconds_total, process_resident_memory_bytes } = PROCESS;
/** What a process tells of itself in whatever language it is written. */
const ANY_PROCESS = { process_start_time_seconds, process_cpu_seconds_total, process_resident_memory_bytes };

/** What Prometheus makes of every scrape. */
export const SCRAPE = {
  up: gauge('1', 'Whether the last scrape of the target worked.'),
  scrape_duration_seconds: gauge('seconds', 'How long the last scrape took.'),
  scrape_samples_scraped: gauge('1', 'Samples of the last scrape.'),
} as const;

/** Prometheus of itself: what is of interest here. Source: the answer of 2.53.3. */
export const PROMETHEUS = {
  ...ANY_PROCESS,
  prometheus_config_last_reload_successful: gauge('1', 'Whether the last configuration could be used.'),
  prometheus_notifications_alertmanagers_discovered: gauge('1', 'Alertmanagers that are told of alerts.'),
  prometheus_notifications_dropped_total: counter('1', 'Alerts that no Alertmanager was told of.'),
  prometheus_notifications_errors_total: counter('1', 'Alerts that an Alertmanager did not take.', {
    labels: { alertmanager: atMost(4, 'addresses of Alertmanagers') },
  }),
  prometheus_rule_evaluation_failures_total: counter('1', 'Evaluations of rules that failed.', {
    labels: { rule_group: atMost(10, 'groups of rules') },
  }),
  prometheus_rule_group_iterations_missed_total: counter(
    '1',
    'Evaluations left out because the last one took too long.',
    {
      labels: { rule_group: atMost(10, 'groups of rules') },
    },
  ),
  prometheus_rule_group_iterations_total: counter('1', 'Evaluations, those that were left out included.', {
    labels: { rule_group: atMost(10, 'groups of rules') },
  }),
  prometheus_rule_group_rules: gauge('1', 'Rules of a group.', {
    labels: { rule_group: atMost(10, 'groups of rules') },
  }),
  prometheus_target_scrapes_sample_out_of_order_total: counter('1', 'Samples refused since a newer one was there.'),
  prometheus_target_scrapes_sample_duplicate_timestamp_total: counter(
    '1',
    'Samples refused since there was another one of that time.',
  ),
  prometheus_target_scrapes_sample_out_of_bounds_total: counter(
    '1',
    'Samples refused since their time was too far off.',
  ),
  prometheus_rule_group_last_duration_seconds: gauge('seconds', 'How long the last evaluation of a group took.', {
    labels: { rule_group: atMost(10, 'groups of rules') },
  }),
  prometheus_tsdb_head_series: gauge('1', 'Series that are being written.'),
  prometheus_tsdb_wal_writes_failed_total: counter('1', 'Writes to the write-ahead log that failed.'),
  prometheus_tsdb_compactions_failed_total: counter('1', 'Compactions of blocks that failed.'),
  prometheus_tsdb_wal_corruptions_total: counter('1', 'Damages found in the write-ahead log.'),
} as const;

/** Alertmanager of itself: what is of interest here. Source: the answer of 0.31.1. */
export const ALERTMANAGER = {
  ...ANY_PROCESS,
  alertmanager_alerts: gauge('1', 'Alerts by state.', { labels: { state: ['active', 'suppressed', 'unprocessed'] } }),
  alertmanager_cluster_members: gauge('1', 'Members of the gossip cluster, itself included.'),
  alertmanager_cluster_failed_peers: gauge('1', 'Members that do not answer.'),
  alertmanager_config_last_reload_successful: gauge('1', 'Whether the last configuration could be used.'),
  alertmanager_notifications_total: counter('1', 'Notifications that were tried.', {
    labels: { integration: atMost(30, 'kinds of receivers') },
  }),
  alertmanager_notifications_failed_total: counter('1', 'Notifications that were not taken.', {
    labels: { integration: atMost(30, 'kinds of receivers'), reason: atMost(10, 'Alertmanager') },
  }),
  alertmanager_notification_latency_seconds: histogram('seconds', 'How long the receiver took.', {
    labels: { integration: atMost(30, 'kinds of receivers') },
  }),
} as const;
