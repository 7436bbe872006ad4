import { atMost, counter, gauge, histogram, summary } from './metric.ts';
import { PROCESS } from './process.ts';

const { process_start_time_seconds, process_cpu_seconds_total, process_resident_memory_bytes } = PROCESS;
/** Metrics that client libraries of all languages expose about the process. */
const ANY_PROCESS = { process_start_time_seconds, process_cpu_seconds_total, process_resident_memory_bytes };

/** Metrics that Prometheus generates for every scrape. */
export const SCRAPE = {
  up: gauge('1', 'Whether the last scrape of the target succeeded.'),
  scrape_duration_seconds: gauge('seconds', 'Duration of the last scrape.'),
  scrape_samples_scraped: gauge('1', 'Samples of the last scrape.'),
} as const;

const GROUP = { labels: { rule_group: atMost(20, 'groups of rules') } };
const BUILD = atMost(2, 'releases at a time');

/** Prometheus' own metrics that are used here. Source: the response of 2.53.3. */
export const PROMETHEUS = {
  ...ANY_PROCESS,
  prometheus_config_last_reload_successful: gauge('1', 'Whether the last configuration reload succeeded.'),
  prometheus_build_info: gauge('1', 'Release; always 1.', {
    labels: {
      branch: BUILD,
      goarch: BUILD,
      goos: BUILD,
      goversion: BUILD,
      revision: BUILD,
      tags: BUILD,
      version: BUILD,
    },
  }),
  prometheus_engine_queries: gauge('1', 'Running and queued queries.'),
  prometheus_engine_queries_concurrent_max: gauge('1', 'Limit of concurrent queries.'),
  prometheus_engine_query_duration_seconds: summary('seconds', 'Query duration by phase.', {
    labels: { slice: ['inner_eval', 'prepare_time', 'queue_time', 'result_sort'] },
  }),
  prometheus_notifications_queue_length: gauge('1', 'Queued alerts.'),
  prometheus_notifications_queue_capacity: gauge('1', 'Capacity of the alert queue.'),
  prometheus_notifications_sent_total: counter('1', 'Alerts sent to an Alertmanager.', {
    labels: { alertmanager: atMost(4, 'addresses of Alertmanagers') },
  }),
  prometheus_rule_group_rules: gauge('1', 'Rules of a group.', GROUP),
  prometheus_sd_discovered_targets: gauge('1', 'Targets of a scrape job; those of `notify` are Alertmanagers.', {
    labels: { config: atMost(60, 'deploy/model/scrape-jobs.ts'), name: ['scrape', 'notify'] },
  }),
  prometheus_target_interval_length_seconds: summary('seconds', 'Actual interval between scrapes.', {
    labels: { interval: atMost(12, 'scrape intervals of the profile') },
  }),
  prometheus_target_scrapes_sample_duplicate_timestamp_total: counter(
    '1',
    'Dropped samples: another value for the same timestamp.',
  ),
  prometheus_target_scrapes_sample_out_of_bounds_total: counter('1', 'Dropped samples: timestamp out of bounds.'),
  prometheus_target_scrapes_sample_out_of_order_total: counter('1', 'Dropped samples: older than the last one.'),
  prometheus_tsdb_clean_start: gauge('1', 'Clean shutdown of the previous run: 1 yes, 0 no, -1 without a lock file.'),
  prometheus_tsdb_head_chunks: gauge('1', 'Chunks in memory.'),
  prometheus_tsdb_head_samples_appended_total: counter('1', 'Samples appended to the head block.', {
    labels: { type: ['float', 'histogram'] },
  }),
  prometheus_tsdb_reloads_failures_total: counter('1', 'Failed reloads of blocks from disk.'),
  prometheus_tsdb_wal_segment_current: gauge('1', 'Index of the current write-ahead log segment.'),
  prometheus_notifications_alertmanagers_discovered: gauge('1', 'Discovered Alertmanagers, which receive alerts.'),
  prometheus_notifications_dropped_total: counter('1', 'Alerts dropped without being sent to any Alertmanager.'),
  prometheus_notifications_errors_total: counter('1', 'Alerts not accepted by an Alertmanager.', {
    labels: { alertmanager: atMost(4, 'addresses of Alertmanagers') },
  }),
  prometheus_rule_evaluation_failures_total: counter('1', 'Failed rule evaluations.', {
    labels: { rule_group: atMost(10, 'groups of rules') },
  }),
  prometheus_rule_group_iterations_missed_total: counter(
    '1',
    'Rule group evaluations missed because the last one took too long.',
    {
      labels: { rule_group: atMost(10, 'groups of rules') },
    },
  ),
  prometheus_rule_group_iterations_total: counter('1', 'Rule group evaluations, including missed ones.', {
    labels: { rule_group: atMost(10, 'groups of rules') },
  }),
  prometheus_rule_group_last_duration_seconds: gauge('seconds', 'Duration of the last evaluation of a rule group.', {
    labels: { rule_group: atMost(10, 'groups of rules') },
  }),
  prometheus_tsdb_head_series: gauge('1', 'Series in the head block.'),
  prometheus_tsdb_wal_writes_failed_total: counter('1', 'Failed writes to the write-ahead log.'),
  prometheus_tsdb_compactions_failed_total: counter('1', 'Failed compactions of blocks.'),
  prometheus_tsdb_wal_corruptions_total: counter('1', 'Corruptions found in the write-ahead log.'),
} as const;

/** Alertmanager's own metrics that are used here. Source: the response of 0.31.1. */
export const ALERTMANAGER = {
  ...ANY_PROCESS,
  alertmanager_alerts: gauge('1', 'Alerts by state.', { labels: { state: ['active', 'suppressed', 'unprocessed'] } }),
  alertmanager_alerts_received_total: counter('1', 'Alerts received.', {
    labels: { status: ['firing', 'resolved'], version: ['v2'] },
  }),
  alertmanager_alerts_invalid_total: counter('1', 'Invalid alerts received.', {
    labels: { version: ['v2'] },
  }),
  alertmanager_config_hash: gauge('1', 'Hash of the loaded configuration.'),
  alertmanager_cluster_members: gauge('1', 'Members of the gossip cluster, itself included.'),
  alertmanager_cluster_failed_peers: gauge('1', 'Unresponsive members of the gossip cluster.'),
  alertmanager_config_last_reload_successful: gauge('1', 'Whether the last configuration reload succeeded.'),
  alertmanager_notifications_total: counter('1', 'Attempted notifications.', {
    labels: { integration: atMost(30, 'kinds of receivers') },
  }),
  alertmanager_notifications_failed_total: counter('1', 'Failed notifications.', {
    labels: { integration: atMost(30, 'kinds of receivers'), reason: atMost(10, 'Alertmanager') },
  }),
  alertmanager_notification_latency_seconds: histogram('seconds', 'Latency of notifications to the receiver.', {
    labels: { integration: atMost(30, 'kinds of receivers') },
  }),
} as const;
