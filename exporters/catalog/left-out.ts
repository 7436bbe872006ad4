import { each } from './mixin-metrics.ts';

/** Metrics that the community reads and that nobody here exposes: why, and what tells the same. */
export const LEFT_OUT: readonly { readonly why: string; readonly metrics: readonly string[] }[] = [
  {
    why: 'Every exporter here tells the same by its own prefix: mysql_scrape_collector_success and its like.',
    metrics: each('mysql_exporter_collector_', 'success duration_seconds'),
  },
  {
    why: 'The query cache went with MySQL 8.0.',
    metrics: [
      ...each('mysql_global_status_qcache_', 'hits inserts not_cached lowmem_prunes queries_in_cache free_memory'),
      'mysql_global_variables_query_cache_size',
    ],
  },
  {
    why: 'Its label is the free text that the server shows to people. mysql_global_status_threads_running counts who is at work; what they do is in performance_schema.processlist.',
    metrics: ['mysql_info_schema_processlist_threads'],
  },
  {
    why: 'Of a replica of its source; SHOW REPLICA STATUS has nothing for a member of a group. mysql_group_replication_member_state, _apply_lag_seconds and mysql_perf_schema_transactions_remote_in_applier_queue tell it.',
    metrics: each(
      'mysql_slave_status_',
      'slave_io_running slave_sql_running seconds_behind_master sql_delay master_server_id last_errno relay_log_space gtid_io_pos gtid_slave_pos',
    ),
  },
  {
    why: 'Needs an account that writes a row every second. mysql_group_replication_apply_lag_seconds tells it from what the server keeps.',
    metrics: each('mysql_heartbeat_', 'now_timestamp_seconds stored_timestamp_seconds'),
  },
  {
    why: 'Galera; the cluster here is Group Replication. Cluster size: mysql_group_replication_members; state: _member_state; certification failures: mysql_perf_schema_conflicts_detected_total; queues: mysql_perf_schema_transactions_in_queue.',
    metrics: [
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
  },
  {
    why: 'About another program: the exporter here tells of itself as job exporter, and its release is the image.',
    metrics: ['nginxexporter_build_info'],
  },
  {
    why: 'Needs CONFIG GET, which shows passwords too. redis_max_clients is the same number, from INFO.',
    metrics: ['redis_config_maxclients'],
  },
  {
    why: 'Needs SLOWLOG, whose entries hold keys and values. redis_commands_duration_seconds_total tells which commands take long.',
    metrics: ['redis_slowlog_length'],
  },
  {
    why: 'Valkey saves and forks only to send a replica everything (redis_replica_resyncs_full) here.',
    metrics: ['redis_latest_fork_seconds'],
  },
  {
    why: 'Its label is the text of an error. redis_up tells that, and the log of the exporter tells why.',
    metrics: ['redis_exporter_last_scrape_error'],
  },
  {
    why: 'Dashboards ask for these names; redis_exporter itself exposes redis_mem_fragmentation_ratio and redis_commands_total.',
    metrics: each('redis_', 'memory_fragmentation_ratio command_calls_total'),
  },
  {
    why: 'Its labels are addresses and ids. redis_sentinel_master_ok_sentinels counts the others, and each is asked itself.',
    metrics: ['redis_sentinel_peer_info'],
  },
  {
    why: 'Limits and sizes that the configuration sets, the same at any time.',
    metrics: [
      ...each('haproxy_process_', 'max_connections nbthread max_fds max_sockets max_memory_bytes build_info'),
      ...each(
        'haproxy_',
        'frontend_limit_sessions backend_limit_sessions server_queue_limit server_weight server_uweight',
      ),
    ],
  },
  {
    why: 'No peers, resolvers, stick tables or rules that deny are configured.',
    metrics: [
      ...each('haproxy_process_', 'active_peers connected_peers failed_resolutions'),
      ...each('haproxy_sticktable_', 'size used local_updates'),
      ...each('haproxy_frontend_', 'requests_denied_total denied_connections_total'),
    ],
  },
  {
    why: 'Follows from what is asked: uptime from the start time, requests and connections of the process from those of its frontends, of a backend from its answers by class, changes of a backend from those of its servers.',
    metrics: [
      ...each('haproxy_process_', 'uptime_seconds connections_total requests_total stopping'),
      ...each(
        'haproxy_backend_',
        'http_requests_total check_up_down_total check_last_change_seconds downtime_seconds_total',
      ),
      ...each('haproxy_backend_', 'agg_server_status agg_check_status backup_servers connection_attempts_total'),
      ...each(
        'haproxy_server_',
        'retry_warnings_total check_status check_code check_duration_seconds last_session_seconds',
      ),
    ],
  },
  {
    why: 'Averages over the last 1024 and largest values hide what users wait for; the response time is kept to see which server is slow.',
    metrics: [
      ...each('haproxy_backend_', 'queue_time_average_seconds connect_time_average_seconds total_time_average_seconds'),
      ...each(
        'haproxy_backend_max_',
        'queue_time_seconds connect_time_seconds response_time_seconds total_time_seconds',
      ),
      ...each('haproxy_server_', 'queue_time_average_seconds connect_time_average_seconds total_time_average_seconds'),
    ],
  },
  {
    why: 'Asked of nobody yet: each metric of HAProxy is a series of every proxy or server of both load balancers, and no rule or board reads these.',
    metrics: [
      ...each('haproxy_process_', 'current_ssl_connections pool_failures_total pool_used_bytes'),
      ...each('haproxy_frontend_', 'connections_total bytes_in_total bytes_out_total internal_errors_total'),
      ...each('haproxy_backend_', 'client_aborts_total server_aborts_total'),
      ...each('haproxy_server_', 'current_queue idle_connections_current used_connections_current'),
    ],
  },
];
