/** A monitoring mixin, a collection of alerts, or the dashboards of an exporter, with the series that it reads. */
export interface Mixin {
  readonly repository: string;
  /** The commit that was read. */
  readonly commit: string;
  readonly folder: string;
  /**
   * Metrics with the labels that expressions select, group by or show, and the values that they select: `name{label,other=value|pattern}`.
   * Target labels (job, instance, cluster, namespace, pod, container, addr) are not listed: they come from the scrape
   * configuration. Neither are series that a mixin records itself.
   */
  readonly reads: readonly string[];
}

/**
 * Series that community mixins read. Each is exposed with these labels, or excluded in `EXCLUDED_METRICS` with a reason.
 * The large dashboards (HAProxy and Node Exporter Full by rfmoz, PMM) are not compared. They show nearly everything that an exporter exposes,
 * so a list of their metrics would be the list of the exporter.
 */
export const MIXINS: Readonly<Record<string, Mixin>> = {
  mysqld: {
    repository: 'prometheus/mysqld_exporter',
    commit: '55c0976be865760bfe8e9dcd7881d9bb50f4e5d8',
    folder: 'mysqld-mixin',
    reads: [
      ...each(
        'mysql_global_status_',
        'aborted_clients aborted_connects buffer_pool_pages{state=data} bytes_received bytes_sent',
        'commands_total{command=commit|rollback} created_tmp_disk_tables created_tmp_files created_tmp_tables',
        'handlers_total{handler=commit|rollback|savepoint.*|prepare} innodb_log_waits innodb_mem_adaptive_hash',
        'innodb_mem_dictionary innodb_num_open_files innodb_page_size max_used_connections open_files',
        'open_table_definitions open_tables opened_files opened_table_definitions opened_tables qcache_free_memory',
        'qcache_hits qcache_inserts qcache_lowmem_prunes qcache_not_cached qcache_queries_in_cache queries questions',
        'select_full_join select_full_range_join select_range select_range_check select_scan slow_queries',
        'sort_merge_passes sort_range sort_rows sort_scan table_locks_immediate table_locks_waited table_open_cache_hits',
        'table_open_cache_misses table_open_cache_overflows threads_cached threads_connected threads_created',
        'threads_running uptime wsrep_local_recv_queue wsrep_local_state wsrep_ready',
      ),
      ...each(
        'mysql_global_variables_',
        'innodb_additional_mem_pool_size innodb_buffer_pool_size innodb_log_buffer_size key_buffer_size max_connections',
        'open_files_limit query_cache_size table_definition_cache table_open_cache thread_cache_size tokudb_cache_size',
        'wsrep_desync',
      ),
      ...each(
        'mysql_',
        'heartbeat_now_timestamp_seconds heartbeat_stored_timestamp_seconds info_schema_processlist_threads{state}',
        'slave_status_seconds_behind_master slave_status_slave_io_running slave_status_slave_sql_running',
        'slave_status_sql_delay up',
      ),
    ],
  },
  redis_exporter: {
    repository: 'oliver006/redis_exporter',
    commit: 'cd5941f16199f1f1fa9c12b3bf24b509875c955a',
    folder: 'contrib',
    reads: [
      ...each(
        'redis_',
        'blocked_clients cluster_slots_fail cluster_slots_pfail cluster_state commands_duration_seconds_total{cmd}',
        'commands_processed_total commands_total{cmd} connected_clients connected_slaves db_keys{db} db_keys_expiring',
        'evicted_keys_total expired_keys_total keyspace_hits_total keyspace_misses_total master_last_io_seconds_ago',
        'memory_max_bytes memory_used_bytes memory_used_rss_bytes net_input_bytes_total net_output_bytes_total',
        'total_system_memory_bytes up uptime_in_seconds',
      ),
    ],
  },
  redis: {
    repository: 'grafana/jsonnet-libs',
    commit: '6da2b4b82e73d1918023586430e00c7ab56976fd',
    folder: 'redis-mixin',
    reads: [
      'container_cpu_cfs_periods_total',
      'container_cpu_cfs_throttled_periods_total',
      'container_memory_working_set_bytes{image}',
      'kube_pod_container_resource_limits{resource=cpu|memory}',
      'kube_pod_container_resource_requests{resource=cpu|memory}',
      'kube_pod_info{pod_ip}',
      'kubelet_volume_stats_available_bytes{persistentvolumeclaim}',
      'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim}',
      ...each('node_', 'namespace_pod_container:container_cpu_usage_seconds_total:sum_irate'),
      ...each(
        'redis_',
        'aof_current_size_bytes blocked_clients commands_total{cmd} connected_clients db_keys{db}',
        'instance_info{role=master|slave,redis_mode=sentinel} master_link_up master_repl_offset master_sync_in_progress',
        'net_input_bytes_total net_output_bytes_total rdb_last_save_timestamp_seconds',
        'sentinel_master_status{master_name,master_address} slave_info{master_host} slave_repl_offset',
      ),
    ],
  },
  haproxy: {
    repository: 'grafana/jsonnet-libs',
    commit: '6da2b4b82e73d1918023586430e00c7ab56976fd',
    folder: 'haproxy-mixin',
    reads: [
      ...each(
        'haproxy_backend_',
        'bytes_in_total{proxy} bytes_out_total{proxy} check_up_down_total{proxy} connect_time_average_seconds{proxy}',
        'connection_attempts_total{proxy} connection_errors_total{proxy} http_requests_total{proxy}',
        'internal_errors_total{proxy} max_connect_time_seconds{proxy} max_queue_time_seconds{proxy}',
        'max_response_time_seconds{proxy} max_total_time_seconds{proxy} queue_time_average_seconds{proxy}',
        'response_errors_total{proxy} response_time_average_seconds{proxy} status{proxy}',
        'total_time_average_seconds{proxy}',
      ),
      ...each(
        'haproxy_frontend_',
        'bytes_in_total{proxy} bytes_out_total{proxy} connections_total{proxy} http_requests_total{proxy}',
        'internal_errors_total{proxy} request_errors_total{proxy} status{proxy}',
      ),
      ...each(
        'haproxy_process_',
        'current_connections dropped_logs_total limit_connection_rate limit_session_rate limit_ssl_rate max_connections',
        'max_fds max_memory_bytes max_pipes max_sockets nbproc nbthread pool_allocated_bytes pool_used_bytes',
        'start_time_seconds',
      ),
      ...each(
        'haproxy_server_',
        'bytes_in_total{proxy,server} bytes_out_total{proxy,server} check_up_down_total{proxy,server}',
        'connect_time_average_seconds{proxy,server} connection_attempts_total{proxy,server}',
        'connection_errors_total{proxy,server} http_responses_total{proxy,server,code}',
        'internal_errors_total{proxy,server} max_connect_time_seconds{proxy,server} max_queue_time_seconds{proxy,server}',
        'max_response_time_seconds{proxy,server} max_total_time_seconds{proxy,server}',
        'queue_time_average_seconds{proxy,server} response_errors_total{proxy,server}',
        'response_time_average_seconds{proxy,server} status{proxy,server} total_time_average_seconds{proxy,server}',
      ),
    ],
  },
  nginx: {
    repository: 'grafana/jsonnet-libs',
    commit: '6da2b4b82e73d1918023586430e00c7ab56976fd',
    folder: 'nginx-mixin',
    reads: [
      ...each(
        'nginx_',
        'connections_accepted connections_active connections_handled connections_reading connections_waiting',
        'connections_writing http_requests_total up',
      ),
    ],
  },
  'nginx-prometheus-exporter': {
    repository: 'nginxinc/nginx-prometheus-exporter',
    commit: 'bff607c6d2d71ec3e9a2840bd38a8d9d8addecea',
    folder: 'grafana',
    reads: [
      ...each(
        'nginx_',
        'connections_accepted connections_active connections_handled connections_reading connections_waiting',
        'connections_writing http_requests_total up',
      ),
    ],
  },
  varnish: {
    repository: 'grafana/jsonnet-libs',
    commit: '6da2b4b82e73d1918023586430e00c7ab56976fd',
    folder: 'varnish-mixin',
    reads: [
      ...each('varnish_', 'backend_beresp_bodybytes backend_beresp_hdrbytes sma_g_bytes{type=s0} sma_g_space{type=s0}'),
      ...each(
        'varnish_main_',
        'backend_busy backend_conn backend_recycle backend_req backend_reuse backend_unhealthy cache_hit cache_hitpass',
        'cache_miss client_req n_expired n_lru_nuked pools s_resp_bodybytes s_resp_hdrbytes',
        'sessions{type=conn|dropped|queued} sessions_total thread_queue_len threads threads_created threads_failed',
        'threads_limited',
      ),
    ],
  },
  node: {
    repository: 'prometheus/node_exporter',
    commit: 'a7dcc3a01545180d4f2087db70994cbc3abfed13',
    folder: 'docs/node-mixin',
    reads: [
      ...each(
        'node_',
        'bonding_active{master} bonding_slaves{master} cpu_seconds_total{cpu,mode=idle|iowait|steal}',
        'disk_io_time_seconds_total{device} disk_io_time_weighted_seconds_total{device} disk_read_bytes_total{device}',
        'disk_written_bytes_total{device} exporter_build_info filefd_allocated filefd_maximum load1 load15 load5',
        'md_disks{device,state=active|failed} md_disks_required{device} nf_conntrack_entries nf_conntrack_entries_limit',
        'systemd_service_restart_total{name} systemd_unit_state{name,state=failed} textfile_scrape_error time_seconds',
        'timex_maxerror_seconds timex_offset_seconds timex_sync_status uname_info{sysname} vmstat_pgmajfault',
      ),
      ...each(
        'node_filesystem_',
        'avail_bytes{device,fstype,mountpoint} files{device,fstype,mountpoint} files_free{device,fstype,mountpoint}',
        'readonly{device,fstype,mountpoint} size_bytes{device,fstype,mountpoint}',
      ),
      ...each(
        'node_memory_',
        'Buffers_bytes Cached_bytes MemAvailable_bytes MemFree_bytes MemTotal_bytes Slab_bytes available_bytes',
        'compressed_bytes internal_bytes purgeable_bytes total_bytes wired_bytes',
      ),
      ...each(
        'node_network_',
        'receive_bytes_total{device} receive_drop_total{device} receive_errs_total{device} receive_packets_total{device}',
        'transmit_bytes_total{device} transmit_drop_total{device} transmit_errs_total{device}',
        'transmit_packets_total{device}',
      ),
    ],
  },
  alertmanager: {
    repository: 'prometheus/alertmanager',
    commit: '68fb2d5759b3a92c0bb2a1a13d4ef7ff5b06256d',
    folder: 'doc/alertmanager-mixin',
    reads: [
      ...each(
        'alertmanager_',
        'alerts{state} alerts_invalid_total alerts_received_total cluster_failed_peers cluster_members config_hash',
        'config_last_reload_successful notification_latency_seconds_bucket{integration,le}',
        'notification_latency_seconds_count{integration} notification_latency_seconds_sum{integration}',
        'notifications_failed_total{integration,reason} notifications_total{integration}',
      ),
      'process_start_time_seconds',
      'up',
    ],
  },
  prometheus: {
    repository: 'prometheus/prometheus',
    commit: 'd15adb9ad7e5d9fbde3a9a8f30200593a5a14d86',
    folder: 'documentation/prometheus-mixin',
    reads: [
      'process_start_time_seconds',
      'up',
      ...each(
        'prometheus_',
        'build_info{version} config_last_reload_successful engine_queries engine_queries_concurrent_max',
        'engine_query_duration_seconds{slice,quantile} engine_query_duration_seconds_count{slice=inner_eval}',
        'notifications_alertmanagers_discovered notifications_errors_total{alertmanager} notifications_queue_capacity',
        'notifications_queue_length notifications_sent_total{alertmanager} rule_evaluation_failures_total{rule_group}',
        'rule_group_iterations_missed_total{rule_group} rule_group_rules{rule_group} sd_discovered_targets',
        'sd_kubernetes_failures_total sd_refresh_failures_total wal_watcher_current_segment',
      ),
      ...each(
        'prometheus_remote_storage_',
        'dropped_samples_total{remote_name,url} enqueue_retries_total{remote_name,url}',
        'failed_samples_total{remote_name,url} pending_samples{remote_name,url}',
        'queue_highest_sent_timestamp_seconds{remote_name,url} queue_highest_timestamp_seconds{remote_name,url}',
        'retried_samples_total{remote_name,url} samples_dropped_total{remote_name,url}',
        'samples_failed_total{remote_name,url} samples_in_total samples_pending{remote_name,url}',
        'samples_retried_total{remote_name,url} samples_total{remote_name,url} shard_capacity{remote_name,url}',
        'shards{remote_name,url} shards_desired{remote_name,url} shards_max{remote_name,url} shards_min{remote_name,url}',
        'succeeded_samples_total{remote_name,url}',
      ),
      ...each(
        'prometheus_target_',
        'interval_length_seconds_count{interval} interval_length_seconds_sum{interval}',
        'metadata_cache_entries{scrape_job} scrape_pool_exceeded_label_limits_total',
        'scrape_pool_exceeded_target_limit_total scrapes_exceeded_body_size_limit_total',
        'scrapes_exceeded_sample_limit_total scrapes_sample_duplicate_timestamp_total scrapes_sample_out_of_bounds_total',
        'scrapes_sample_out_of_order_total sync_failed_total sync_length_seconds_sum{scrape_job}',
      ),
      ...each(
        'prometheus_tsdb_',
        'clean_start compactions_failed_total head_chunks head_samples_appended_total{type} head_series',
        'reloads_failures_total wal_segment_current',
      ),
    ],
  },
  'awesome-prometheus-alerts': {
    repository: 'samber/awesome-prometheus-alerts',
    commit: 'a8533189af0246de5e21a6d8d25bd37816894f07',
    // The rules for mysqld_exporter, for redis_exporter and for HAProxy's own metrics; Nginx has none for its exporter.
    folder: 'dist/rules',
    reads: [
      'mysql_up',
      ...each(
        'mysql_global_status_',
        'threads_connected threads_running prepared_stmt_count slow_queries innodb_log_waits uptime questions innodb_num_open_files',
      ),
      ...each(
        'mysql_global_variables_',
        'max_connections max_prepared_stmt_count open_files_limit innodb_force_recovery',
      ),
      ...each(
        'mysql_slave_status_',
        'slave_io_running slave_sql_running master_server_id seconds_behind_master sql_delay',
      ),
      'mysql_info_schema_innodb_metrics_transaction_trx_rseg_history_len',
      ...each(
        'redis_',
        'up instance_info{role=master} connected_slaves rdb_last_save_timestamp_seconds memory_used_bytes memory_max_bytes',
        'total_system_memory_bytes connected_clients config_maxclients rejected_connections_total',
      ),
      ...each(
        'haproxy_server_',
        'http_responses_total{proxy,server,code=4xx|5xx} response_errors_total{server} connection_errors_total{proxy}',
        'check_failures_total',
      ),
      ...each(
        'haproxy_backend_',
        'connection_errors_total{proxy} current_sessions limit_sessions current_queue{proxy} max_total_time_seconds{proxy}',
        'retry_warnings_total{proxy} active_servers backup_servers',
      ),
      'haproxy_frontend_denied_connections_total{proxy}',
    ],
  },
};

/** Prefixes all names of the lists. */
export function each(prefix: string, ...lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => list.split(' ').map((name) => `${prefix}${name}`));
}
