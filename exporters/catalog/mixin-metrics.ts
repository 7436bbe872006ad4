/**
 * What the community's mixins, alert collections and dashboards for these servers read, as their exporters name it. Facts to be compared with the
 * catalogue: each is there, or in {@link LEFT_OUT} with the reason.
 */
export const MIXIN_METRICS = {
  mysql: [
    'mysql_up',
    ...each('mysql_exporter_collector_', 'success duration_seconds'),
    'mysql_version_info',
    ...each(
      'mysql_global_status_',
      'uptime queries questions slow_queries commands_total handlers_total threads_connected threads_running threads_cached threads_created',
      'max_used_connections aborted_connects aborted_clients connection_errors_total bytes_received bytes_sent buffer_pool_pages',
      'buffer_pool_dirty_pages buffer_pool_page_changes_total innodb_page_size innodb_row_ops_total innodb_log_waits innodb_num_open_files',
      'innodb_data_reads innodb_data_writes innodb_data_fsyncs innodb_os_log_fsyncs created_tmp_tables created_tmp_disk_tables created_tmp_files',
      'sort_rows sort_merge_passes sort_range sort_scan select_full_join select_full_range_join select_range select_range_check select_scan',
      'table_locks_immediate table_locks_waited table_open_cache_hits table_open_cache_misses table_open_cache_overflows open_tables',
      'opened_tables open_files opened_files open_table_definitions opened_table_definitions qcache_hits qcache_inserts qcache_not_cached',
      'qcache_lowmem_prunes qcache_queries_in_cache qcache_free_memory',
    ),
    ...each(
      'mysql_global_variables_',
      'max_connections thread_cache_size open_files_limit table_open_cache table_definition_cache innodb_buffer_pool_size',
      'innodb_log_buffer_size key_buffer_size query_cache_size read_only',
    ),
    'mysql_info_schema_processlist_threads',
    'mysql_info_schema_innodb_metrics_transaction_trx_rseg_history_len',
    ...each(
      'mysql_slave_status_',
      'slave_io_running slave_sql_running seconds_behind_master sql_delay master_server_id last_errno relay_log_space gtid_io_pos gtid_slave_pos',
    ),
    ...each('mysql_heartbeat_', 'now_timestamp_seconds stored_timestamp_seconds'),
    ...each(
      'mysql_global_status_wsrep_',
      'ready connected cluster_status cluster_size cluster_conf_id local_state local_recv_queue local_recv_queue_avg local_send_queue',
      'flow_control_paused flow_control_paused_ns flow_control_sent flow_control_recv flow_control_interval_low flow_control_interval_high',
      'local_cert_failures local_bf_aborts cert_deps_distance apply_window commit_window replicated replicated_bytes received received_bytes',
      'ist_receive_seqno_start ist_receive_seqno_current ist_receive_seqno_end last_committed',
    ),
    'mysql_global_variables_wsrep_desync',
    ...each(
      'mysql_galera_',
      'variables_info status_info gcache_size_bytes evs_repl_latency_min_seconds evs_repl_latency_avg_seconds evs_repl_latency_max_seconds',
      'evs_repl_latency_stdev evs_repl_latency_sample_size',
    ),
  ],
  nginx: [
    ...each(
      'nginx_',
      'up connections_active connections_accepted connections_handled connections_reading connections_writing',
    ),
    ...each('nginx_', 'connections_waiting http_requests_total'),
    'nginxexporter_build_info',
  ],
  redis: [
    ...each(
      'redis_',
      'up instance_info uptime_in_seconds start_time_seconds connected_clients blocked_clients config_maxclients max_clients',
      'rejected_connections_total commands_processed_total commands_total commands_duration_seconds_total commands_failed_calls_total',
      'keyspace_hits_total keyspace_misses_total evicted_keys_total expired_keys_total db_keys db_keys_expiring memory_used_bytes',
      'memory_used_rss_bytes memory_max_bytes mem_fragmentation_ratio total_system_memory_bytes net_input_bytes_total net_output_bytes_total',
      'slowlog_length rdb_last_save_timestamp_seconds rdb_last_bgsave_status aof_last_write_status loading_dump_file latest_fork_seconds',
      'connected_slaves master_repl_offset slave_repl_offset connected_slave_offset_bytes connected_slave_lag_seconds master_link_up',
      'master_last_io_seconds_ago master_sync_in_progress slave_info replica_resyncs_full replica_partial_resync_denied',
      'exporter_last_scrape_error memory_fragmentation_ratio command_calls_total',
    ),
    ...each(
      'redis_sentinel_',
      'masters tilt master_status master_slaves master_ok_slaves master_sentinels master_ok_sentinels master_ckquorum_status',
      'master_config_epoch master_last_ok_ping_reply_seconds master_setting_ckquorum master_setting_failover_timeout',
      'master_setting_parallel_syncs master_setting_down_after_milliseconds peer_info',
    ),
  ],
  haproxy: [
    ...each(
      'haproxy_process_',
      'start_time_seconds uptime_seconds current_connections max_connections connections_total requests_total current_ssl_connections',
      'idle_time_percent dropped_logs_total pool_failures_total nbthread max_fds max_sockets max_memory_bytes pool_used_bytes active_peers',
      'connected_peers failed_resolutions stopping build_info',
    ),
    ...each(
      'haproxy_frontend_',
      'status current_sessions limit_sessions http_requests_total http_responses_total connections_total bytes_in_total bytes_out_total',
      'request_errors_total requests_denied_total denied_connections_total internal_errors_total',
    ),
    ...each(
      'haproxy_backend_',
      'status active_servers backup_servers current_queue current_sessions limit_sessions http_requests_total http_responses_total',
      'connection_errors_total connection_attempts_total response_errors_total retry_warnings_total redispatch_warnings_total',
      'check_up_down_total check_last_change_seconds downtime_seconds_total queue_time_average_seconds connect_time_average_seconds',
      'response_time_average_seconds total_time_average_seconds max_queue_time_seconds max_connect_time_seconds max_response_time_seconds',
      'max_total_time_seconds client_aborts_total server_aborts_total agg_server_status agg_check_status',
    ),
    ...each(
      'haproxy_server_',
      'status check_status check_code check_duration_seconds check_failures_total check_up_down_total current_sessions current_queue',
      'queue_limit http_responses_total connection_errors_total response_errors_total retry_warnings_total downtime_seconds_total weight',
      'uweight queue_time_average_seconds connect_time_average_seconds response_time_average_seconds total_time_average_seconds',
      'last_session_seconds idle_connections_current used_connections_current',
    ),
    ...each('haproxy_sticktable_', 'size used local_updates'),
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Names with the same beginning. */
export function each(prefix: string, ...lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => list.split(' ').map((name) => `${prefix}${name}`));
}
