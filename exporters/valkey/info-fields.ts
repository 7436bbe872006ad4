import { mapped, type MappedMetric } from '../kit/mapped-metric.ts';

const count = mapped('counter', '1');
const bytes = mapped('gauge', 'bytes');
const level = mapped('gauge', '1');
const seconds = mapped('gauge', 'seconds');

/** Fields of `INFO` that are exposed unchanged, with redis_exporter's names. */
export const FIELDS: Readonly<Record<string, MappedMetric>> = {
  uptime_in_seconds: seconds('redis_uptime_in_seconds', 'Uptime of the server.'),
  connected_clients: level('redis_connected_clients', 'Client connections.'),
  blocked_clients: level('redis_blocked_clients', 'Clients blocked by a blocking command.'),
  maxclients: level('redis_max_clients', 'Limit of concurrent client connections.'),
  used_memory: bytes('redis_memory_used_bytes', 'Memory allocated for data and buffers.'),
  used_memory_peak: bytes(
    'redis_memory_used_peak_bytes',
    'Peak of the memory allocated for data and buffers since the start.',
  ),
  used_memory_rss: bytes('redis_memory_used_rss_bytes', 'Resident memory of the process.'),
  used_memory_dataset: bytes('redis_memory_used_dataset_bytes', 'Memory used by the dataset.'),
  used_memory_overhead: bytes('redis_memory_used_overhead_bytes', 'Memory overhead: used memory without the dataset.'),
  maxmemory: bytes('redis_memory_max_bytes', 'Memory limit for data and buffers, at which keys are evicted.'),
  total_system_memory: bytes('redis_total_system_memory_bytes', 'Total memory of the machine.'),
  mem_fragmentation_ratio: mapped('gauge', 'ratio')(
    'redis_mem_fragmentation_ratio',
    'Ratio of resident to used memory; large for an empty server.',
  ),
  loading: level('redis_loading_dump_file', 'Whether a dump is being loaded; other commands are refused meanwhile.'),
  rdb_changes_since_last_save: level('redis_rdb_changes_since_last_save', 'Changes since the last RDB snapshot.'),
  rdb_last_save_time: mapped('gauge', 'timestamp')(
    'redis_rdb_last_save_timestamp_seconds',
    'Time of the last successful RDB snapshot.',
  ),
  rdb_last_bgsave_status: level('redis_rdb_last_bgsave_status', 'Whether the last RDB snapshot succeeded.'),
  aof_last_write_status: level(
    'redis_aof_last_write_status',
    'Whether the last write to the append-only file (AOF) succeeded.',
  ),
  total_connections_received: count('redis_connections_received_total', 'Accepted connections.'),
  rejected_connections: count(
    'redis_rejected_connections_total',
    'Connections refused because of the connection limit.',
  ),
  total_commands_processed: count('redis_commands_processed_total', 'Processed commands.'),
  total_error_replies: count('redis_total_error_replies', 'Error replies to commands.'),
  acl_access_denied_auth: count('redis_acl_access_denied_auth_total', 'Refused logins (ACL).'),
  acl_access_denied_cmd: count(
    'redis_acl_access_denied_cmd_total',
    'Commands refused for missing permissions of the user (ACL).',
  ),
  total_net_input_bytes: mapped('counter', 'bytes')('redis_net_input_bytes_total', 'Bytes received from the network.'),
  total_net_output_bytes: mapped('counter', 'bytes')('redis_net_output_bytes_total', 'Bytes sent to the network.'),
  expired_keys: count('redis_expired_keys_total', 'Expired keys.'),
  evicted_keys: count(
    'redis_evicted_keys_total',
    'Keys evicted before their expiry because the memory limit was reached.',
  ),
  keyspace_hits: count('redis_keyspace_hits_total', 'Keyspace hits: lookups that found the key.'),
  keyspace_misses: count('redis_keyspace_misses_total', 'Keyspace misses: lookups of missing keys.'),
  used_cpu_sys: mapped('counter', 'seconds')('redis_cpu_sys_seconds_total', 'System CPU time of the server.'),
  used_cpu_user: mapped('counter', 'seconds')('redis_cpu_user_seconds_total', 'User CPU time of the server.'),
  connected_slaves: level('redis_connected_slaves', 'Connected replicas.'),
  master_repl_offset: level(
    'redis_master_repl_offset',
    'Replication offset: bytes written to replicas or received from the primary.',
  ),
  repl_backlog_size: bytes(
    'redis_replication_backlog_bytes',
    'Capacity of the replication backlog, which limits partial resyncs.',
  ),
  repl_backlog_histlen: bytes('redis_repl_backlog_history_bytes', 'Length of the replication backlog.'),
  sync_full: count('redis_replica_resyncs_full', 'Full resyncs of replicas.'),
  sync_partial_ok: count('redis_replica_partial_resync_accepted', 'Accepted partial resyncs of replicas.'),
  sync_partial_err: count(
    'redis_replica_partial_resync_denied',
    'Partial resyncs denied because the replica had missed too much.',
  ),
};

/** Fields that only replicas have; labelled with the primary, as in redis_exporter. */
export const REPLICA_FIELDS: Readonly<Record<string, MappedMetric>> = {
  master_link_status: level('redis_master_link_up', 'Whether this replica is connected to its primary.'),
  master_last_io_seconds_ago: seconds(
    'redis_master_last_io_seconds_ago',
    'Time since the last interaction with the primary; −1 if not connected.',
  ),
  master_sync_in_progress: level(
    'redis_master_sync_in_progress',
    'Whether a full resync from the primary is in progress.',
  ),
  slave_repl_offset: level('redis_slave_repl_offset', 'Replication offset of this replica, in bytes.'),
};

/** Counters of `commandstats` per command. `divisor`: converts microseconds to seconds. */
export const COMMAND_PARTS: Readonly<Record<string, MappedMetric & { readonly divisor: number }>> = {
  calls: { ...count('redis_commands_total', 'Calls of a command.'), divisor: 1 },
  usec: {
    ...mapped('counter', 'seconds')('redis_commands_duration_seconds_total', 'CPU time of a command.'),
    divisor: 1e6,
  },
  failed_calls: {
    ...count('redis_commands_failed_calls_total', 'Calls of a command that failed during execution.'),
    divisor: 1,
  },
  rejected_calls: {
    ...count('redis_commands_rejected_calls_total', 'Calls of a command rejected before execution.'),
    divisor: 1,
  },
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
