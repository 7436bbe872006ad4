import { mapped, type MappedMetric } from '../kit/mapped-metric.ts';

const count = mapped('counter', '1');
const bytes = mapped('gauge', 'bytes');
const level = mapped('gauge', '1');
const seconds = mapped('gauge', 'seconds');

/** Fields of `INFO` that are exposed unchanged, with redis_exporter's names. */
export const FIELDS: Readonly<Record<string, MappedMetric>> = {
  uptime_in_seconds: seconds('redis_uptime_in_seconds', 'Time since the server was started.'),
  connected_clients: level('redis_connected_clients', 'Connections of clients.'),
  blocked_clients: level('redis_blocked_clients', 'Clients that wait for something.'),
  maxclients: level('redis_max_clients', 'Connections that may be open.'),
  used_memory: bytes('redis_memory_used_bytes', 'Memory that data and buffers take.'),
  used_memory_peak: bytes('redis_memory_used_peak_bytes', 'The most that they took since the start.'),
  used_memory_rss: bytes('redis_memory_used_rss_bytes', 'Memory of the process that is in RAM.'),
  used_memory_dataset: bytes('redis_memory_used_dataset_bytes', 'Memory that the data alone takes.'),
  used_memory_overhead: bytes('redis_memory_used_overhead_bytes', 'Memory of everything else.'),
  maxmemory: bytes('redis_memory_max_bytes', 'Memory that data and buffers may take before keys are evicted.'),
  total_system_memory: bytes('redis_total_system_memory_bytes', 'Memory of the machine.'),
  mem_fragmentation_ratio: mapped('gauge', 'ratio')(
    'redis_mem_fragmentation_ratio',
    'Memory in RAM by memory in use; large for an empty server.',
  ),
  loading: level('redis_loading_dump_file', 'Whether data is being loaded, and nothing else is answered.'),
  rdb_changes_since_last_save: level('redis_rdb_changes_since_last_save', 'Changes that are in no snapshot.'),
  rdb_last_save_time: mapped('gauge', 'timestamp')('redis_rdb_last_save_timestamp_seconds', 'When it last was saved.'),
  rdb_last_bgsave_status: level('redis_rdb_last_bgsave_status', 'Whether the last snapshot worked.'),
  aof_last_write_status: level('redis_aof_last_write_status', 'Whether the last write to the append-only file worked.'),
  total_connections_received: count('redis_connections_received_total', 'Connections that were accepted.'),
  rejected_connections: count('redis_rejected_connections_total', 'Connections refused for being too many.'),
  total_commands_processed: count('redis_commands_processed_total', 'Commands that were answered.'),
  total_error_replies: count('redis_total_error_replies', 'Commands that were answered with an error.'),
  acl_access_denied_auth: count('redis_acl_access_denied_auth_total', 'Logins that were refused.'),
  acl_access_denied_cmd: count('redis_acl_access_denied_cmd_total', 'Commands that a user may not use.'),
  total_net_input_bytes: mapped('counter', 'bytes')('redis_net_input_bytes_total', 'Received.'),
  total_net_output_bytes: mapped('counter', 'bytes')('redis_net_output_bytes_total', 'Sent.'),
  expired_keys: count('redis_expired_keys_total', 'Keys whose time was over.'),
  evicted_keys: count(
    'redis_evicted_keys_total',
    'Keys evicted before their expiry because the memory limit was reached.',
  ),
  keyspace_hits: count('redis_keyspace_hits_total', 'Reads that found their key.'),
  keyspace_misses: count('redis_keyspace_misses_total', 'Reads that did not.'),
  used_cpu_sys: mapped('counter', 'seconds')('redis_cpu_sys_seconds_total', 'Processor time in the kernel.'),
  used_cpu_user: mapped('counter', 'seconds')('redis_cpu_user_seconds_total', 'Processor time of the server itself.'),
  connected_slaves: level('redis_connected_slaves', 'Replicas that are connected.'),
  master_repl_offset: level(
    'redis_master_repl_offset',
    'Bytes that this server has written to replicas or taken from its primary.',
  ),
  repl_backlog_size: bytes('redis_replication_backlog_bytes', 'What a replica may have missed and still go on.'),
  repl_backlog_histlen: bytes('redis_repl_backlog_history_bytes', 'How much of it is there.'),
  sync_full: count('redis_replica_resyncs_full', 'Replicas that had to be sent everything.'),
  sync_partial_ok: count('redis_replica_partial_resync_accepted', 'Replicas that were sent what they had missed.'),
  sync_partial_err: count('redis_replica_partial_resync_denied', 'Replicas that had missed too much.'),
};

/** Fields that only replicas have; labelled with the primary, as in redis_exporter. */
export const REPLICA_FIELDS: Readonly<Record<string, MappedMetric>> = {
  master_link_status: level('redis_master_link_up', 'Whether this replica is connected to its primary.'),
  master_last_io_seconds_ago: seconds(
    'redis_master_last_io_seconds_ago',
    'Time since the primary said anything; −1 for not connected.',
  ),
  master_sync_in_progress: level('redis_master_sync_in_progress', 'Whether this replica is being sent everything.'),
  slave_repl_offset: level('redis_slave_repl_offset', 'Bytes that this replica has taken.'),
};

/** Counters of `commandstats` per command. `divisor`: converts microseconds to seconds. */
export const COMMAND_PARTS: Readonly<Record<string, MappedMetric & { readonly divisor: number }>> = {
  calls: { ...count('redis_commands_total', 'Calls of a command.'), divisor: 1 },
  usec: {
    ...mapped('counter', 'seconds')('redis_commands_duration_seconds_total', 'Processor time of a command.'),
    divisor: 1e6,
  },
  failed_calls: { ...count('redis_commands_failed_calls_total', 'Calls that ended in an error.'), divisor: 1 },
  rejected_calls: { ...count('redis_commands_rejected_calls_total', 'Calls that were not even tried.'), divisor: 1 },
};

/** Fields that are labels of `redis_instance_info`. Those of Valkey are last: redis_exporter has them since 1.74. */
export const INSTANCE_FIELDS = [
  'role',
  'redis_version',
  'redis_build_id',
  'redis_mode',
  'os',
  'maxmemory_policy',
  'tcp_port',
  'run_id',
  'process_id',
  'master_replid',
  'valkey_version',
  'valkey_release_stage',
] as const;
