import { each } from './mixin-metrics.ts';

/** Excluded: metrics, labels or values that mixins read and no job exposes. */
export interface ExcludedMetrics {
  /** A reason that can be checked. */
  readonly why: string;
  /** `name`, `name{label}` or `name{label=pattern}`: see exporters/catalog/check-mixins.ts. */
  readonly metrics: readonly string[];
  /** Series of the catalogue that answer the same question. */
  readonly instead?: readonly string[];
  /** Files of the repository that prove the reason: a test matches them. */
  readonly evidence?: readonly { readonly file: string; readonly has?: RegExp; readonly lacks?: RegExp }[];
}

const STATUS = 'exporters/mysql/samples/status.tsv';
const VARIABLES = 'exporters/mysql/samples/variables.tsv';
const PROMETHEUS = 'deploy/rendered/mon1/prometheus.yml';
const VALKEY = 'deploy/rendered/cache1/valkey.conf';
const MY_CNF = 'deploy/rendered/db1/my.cnf';

/** In the order of the mixins. */
export const EXCLUDED_METRICS: readonly ExcludedMetrics[] = [
  {
    why: 'MySQL has had no query cache since 8.0, and no such variables.',
    metrics: [
      ...each('mysql_global_status_qcache_', 'hits inserts not_cached lowmem_prunes queries_in_cache free_memory'),
      'mysql_global_variables_query_cache_size',
    ],
    evidence: [
      { file: STATUS, lacks: /^Qcache_/m },
      { file: VARIABLES, lacks: /^query_cache_/m },
    ],
  },
  {
    why: 'Variables of Percona Server, of TokuDB and of MySQL 5.6, which MySQL 9.7 does not have.',
    metrics: [
      ...each('mysql_global_status_innodb_mem_', 'adaptive_hash dictionary'),
      ...each('mysql_global_variables_', 'innodb_additional_mem_pool_size tokudb_cache_size'),
    ],
    evidence: [
      { file: STATUS, lacks: /^Innodb_mem_/m },
      { file: VARIABLES, lacks: /^(innodb_additional_mem_pool|tokudb)_/m },
    ],
  },
  {
    why: 'The label is the state of a thread, of which MySQL has more than a hundred; the totals are exposed without it.',
    metrics: ['mysql_info_schema_processlist_threads'],
    instead: ['mysql_global_status_threads_running', 'mysql_global_status_threads_connected'],
  },
  {
    why: 'Read by mysqld_exporter from SHOW REPLICA STATUS, which has no row on a group member.',
    metrics: each(
      'mysql_slave_status_',
      'slave_io_running slave_sql_running seconds_behind_master sql_delay master_server_id',
    ),
    instead: [
      'mysql_group_replication_member_state',
      'mysql_group_replication_apply_lag_seconds',
      'mysql_perf_schema_transactions_remote_in_applier_queue',
    ],
    evidence: [{ file: MY_CNF, has: /^group_replication_group_name/m }],
  },
  {
    why: 'Needs a process that writes a heartbeat row every second; the servers record the commit time of each transaction themselves.',
    metrics: each('mysql_heartbeat_', 'now_timestamp_seconds stored_timestamp_seconds'),
    instead: ['mysql_group_replication_apply_lag_seconds'],
  },
  {
    why: 'Variables of Galera; the cluster here is Group Replication.',
    metrics: [
      ...each('mysql_global_status_wsrep_', 'ready local_state local_recv_queue'),
      'mysql_global_variables_wsrep_desync',
    ],
    instead: ['mysql_group_replication_member_state', 'mysql_perf_schema_transactions_in_queue'],
    evidence: [
      { file: STATUS, lacks: /^wsrep_/m },
      { file: VARIABLES, lacks: /^wsrep_/m },
    ],
  },
  {
    why: 'Needs CONFIG GET, which shows passwords too; INFO has the same number.',
    metrics: ['redis_config_maxclients'],
    instead: ['redis_max_clients'],
  },
  {
    why: 'Valkey runs without cluster mode here, where CLUSTER INFO is an error.',
    metrics: each('redis_cluster_', 'slots_fail slots_pfail state'),
    evidence: [{ file: VALKEY, lacks: /^cluster-enabled\s+yes/m }],
  },
  {
    why: 'INFO has this size only while there is an append-only file.',
    metrics: ['redis_aof_current_size_bytes'],
    evidence: [{ file: VALKEY, has: /^appendonly no$/m }],
  },
  {
    why: 'Exposed by cAdvisor, kubelet and kube-state-metrics of Kubernetes; hosts here expose the same from their control groups where they have it.',
    metrics: [
      ...each('container_', 'cpu_cfs_periods_total cpu_cfs_throttled_periods_total memory_working_set_bytes'),
      ...each('kube_', 'pod_container_resource_limits pod_container_resource_requests pod_info'),
      ...each('kubelet_volume_stats_', 'available_bytes capacity_bytes'),
      'node_namespace_pod_container:container_cpu_usage_seconds_total:sum_irate',
    ],
    instead: [
      'host_cpu_periods_total',
      'host_cpu_throttled_periods_total',
      'host_cpu_seconds_total',
      'host_memory_working_set_bytes',
      'node_memory_MemTotal_bytes',
      'node_filesystem_avail_bytes',
    ],
  },
  {
    why: 'The maximum since the start of HAProxy never falls: one slow request hides all later ones.',
    metrics: [
      ...each(
        'haproxy_backend_max_',
        'queue_time_seconds connect_time_seconds response_time_seconds total_time_seconds',
      ),
      ...each(
        'haproxy_server_max_',
        'queue_time_seconds connect_time_seconds response_time_seconds total_time_seconds',
      ),
    ],
    instead: ['haproxy_server_response_time_average_seconds', 'haproxy_log_request_duration_seconds_bucket'],
  },
  {
    why: 'The kernel counts these for the whole machine, which many hosts share; names of node_exporter are used for the host alone.',
    metrics: each(
      'node_',
      'cpu_seconds_total load1 load5 load15 vmstat_pgmajfault disk_read_bytes_total disk_written_bytes_total',
      'memory_Cached_bytes memory_Buffers_bytes memory_MemFree_bytes memory_Slab_bytes',
    ),
    instead: [
      'host_cpu_seconds_total',
      'machine_cpu_seconds_total',
      'machine_load1',
      'host_memory_major_faults_total',
      'host_disk_read_bytes_total',
      'host_disk_written_bytes_total',
      'host_memory_file_bytes',
      'node_memory_MemAvailable_bytes',
    ],
  },
  {
    why: 'The kernel counts the open files of the whole machine; each process exposes its own.',
    metrics: each('node_filefd_', 'allocated maximum'),
    instead: ['process_open_fds'],
  },
  {
    why: 'Control groups count bytes and requests of a disk, not the time that it was busy.',
    metrics: each('node_disk_io_time_', 'seconds_total weighted_seconds_total'),
  },
  {
    why: 'A host queries its file systems by folder; the block device belongs to the machine.',
    metrics: each(
      'node_filesystem_',
      'avail_bytes{device} size_bytes{device} files{device} files_free{device} readonly{device}',
    ),
    evidence: [{ file: 'deploy/tiers/host/services/disk-space/run', has: /stat -f -c "%n %T/ }],
  },
  {
    why: 'Only adjtimex(2) reports these; the host-metrics endpoint serves files of the kernel.',
    metrics: each('node_timex_', 'offset_seconds maxerror_seconds sync_status'),
    evidence: [{ file: 'deploy/tiers/host/services/facts/run', has: /tail -v -n \+1/ }],
  },
  {
    why: 'Names the release of node_exporter, which does not run here.',
    metrics: ['node_exporter_build_info'],
  },
  {
    why: 'Read by node_exporter from textfiles that other programs write; there are none.',
    metrics: ['node_textfile_scrape_error'],
    instead: ['host_scrape_collector_success'],
  },
  {
    why: 'Services run under s6, not systemd.',
    metrics: each('node_systemd_', 'unit_state service_restart_total'),
    instead: ['host_service_exits_total'],
  },
  {
    why: 'RAID arrays and bonded interfaces belong to the machine; a host has neither.',
    metrics: each('node_', 'md_disks md_disks_required bonding_active bonding_slaves'),
  },
  {
    why: 'Exposed by node_exporter on macOS only; the hosts run Linux.',
    metrics: each(
      'node_memory_',
      'available_bytes compressed_bytes internal_bytes purgeable_bytes total_bytes wired_bytes',
    ),
  },
  {
    why: 'Prometheus writes to no remote storage.',
    metrics: [
      ...each(
        'prometheus_remote_storage_',
        'dropped_samples_total enqueue_retries_total failed_samples_total pending_samples retried_samples_total',
        'queue_highest_sent_timestamp_seconds queue_highest_timestamp_seconds samples_dropped_total samples_failed_total',
        'samples_in_total samples_pending samples_retried_total samples_total shard_capacity shards shards_desired',
        'shards_max shards_min succeeded_samples_total',
      ),
      'prometheus_wal_watcher_current_segment',
    ],
    evidence: [{ file: PROMETHEUS, lacks: /^remote_write:/m }],
  },
  {
    why: 'All targets are static: nothing is discovered.',
    metrics: [
      ...each('prometheus_sd_', 'kubernetes_failures_total refresh_failures_total'),
      ...each('prometheus_target_', 'sync_failed_total sync_length_seconds_sum metadata_cache_entries'),
    ],
    instead: ['prometheus_config_last_reload_successful', 'prometheus_sd_discovered_targets'],
    evidence: [{ file: PROMETHEUS, has: /static_configs:/, lacks: /_sd_configs:/ }],
  },
  {
    why: 'Scrape jobs have no limits of targets, labels, samples or bytes.',
    metrics: each(
      'prometheus_target_',
      'scrape_pool_exceeded_label_limits_total scrape_pool_exceeded_target_limit_total',
      'scrapes_exceeded_body_size_limit_total scrapes_exceeded_sample_limit_total',
    ),
    evidence: [{ file: PROMETHEUS, lacks: /^\s*(target|label\w*|sample|body_size)_limit:/m }],
  },
];
