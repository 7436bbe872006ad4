import { atMost, type LabelValues } from '../catalog/metric.ts';
import { mapped, type MappedMetric } from '../kit/mapped-metric.ts';

const count = mapped('counter', '1');
const bytes = mapped('counter', 'bytes');
const level = mapped('gauge', '1');

/** Status variables that the mixin and dashboards of mysqld_exporter and our rules read, with mysqld_exporter's names. */
export const STATUS: Readonly<Record<string, MappedMetric>> = {
  Uptime: mapped('gauge', 'seconds')('mysql_global_status_uptime', 'Uptime of the server.'),
  // The certificate that new connections get: `ALTER INSTANCE RELOAD TLS` changes it.
  Ssl_server_not_after: mapped('gauge', 'timestamp')(
    'mysql_global_status_ssl_server_not_after',
    'Expiry time of the server certificate.',
  ),
  Queries: count('mysql_global_status_queries', 'Executed statements, including those in stored programs.'),
  Questions: count('mysql_global_status_questions', 'Statements sent by clients.'),
  Slow_queries: count('mysql_global_status_slow_queries', 'Statements that took longer than long_query_time.'),
  Threads_connected: level('mysql_global_status_threads_connected', 'Open connections.'),
  Threads_running: level('mysql_global_status_threads_running', 'Threads that are not sleeping.'),
  Threads_cached: level('mysql_global_status_threads_cached', 'Threads in the thread cache.'),
  Threads_created: count('mysql_global_status_threads_created', 'Threads created for connections.'),
  Prepared_stmt_count: level('mysql_global_status_prepared_stmt_count', 'Open prepared statements.'),
  Max_used_connections: level(
    'mysql_global_status_max_used_connections',
    'Maximum of concurrent connections since the server start.',
  ),
  Aborted_connects: count(
    'mysql_global_status_aborted_connects',
    'Failed connection attempts, including failed logins.',
  ),
  Aborted_clients: count('mysql_global_status_aborted_clients', 'Sessions closed without a quit command.'),
  Bytes_received: bytes('mysql_global_status_bytes_received', 'Bytes received from clients.'),
  Bytes_sent: bytes('mysql_global_status_bytes_sent', 'Bytes sent to clients.'),
  Open_files: level('mysql_global_status_open_files', 'Open files.'),
  Opened_files: count('mysql_global_status_opened_files', 'Opened files.'),
  Open_table_definitions: level('mysql_global_status_open_table_definitions', 'Cached table definitions.'),
  Opened_table_definitions: count(
    'mysql_global_status_opened_table_definitions',
    'Table definitions read into the cache.',
  ),
  Open_tables: level('mysql_global_status_open_tables', 'Open tables.'),
  Opened_tables: count('mysql_global_status_opened_tables', 'Opened tables.'),
  Table_open_cache_hits: count('mysql_global_status_table_open_cache_hits', 'Hits in the table cache.'),
  Table_open_cache_misses: count('mysql_global_status_table_open_cache_misses', 'Misses in the table cache.'),
  Table_open_cache_overflows: count(
    'mysql_global_status_table_open_cache_overflows',
    'Open tables evicted from the table cache.',
  ),
  Table_locks_immediate: count('mysql_global_status_table_locks_immediate', 'Table locks granted immediately.'),
  Table_locks_waited: count('mysql_global_status_table_locks_waited', 'Table locks that required a wait.'),
  Created_tmp_tables: count('mysql_global_status_created_tmp_tables', 'Created internal temporary tables.'),
  Created_tmp_disk_tables: count(
    'mysql_global_status_created_tmp_disk_tables',
    'Internal temporary tables created on disk.',
  ),
  Created_tmp_files: count('mysql_global_status_created_tmp_files', 'Created temporary files.'),
  Select_full_join: count('mysql_global_status_select_full_join', 'Joins without an index.'),
  Select_scan: count('mysql_global_status_select_scan', 'Selects with a full scan of the first table.'),
  Select_full_range_join: count(
    'mysql_global_status_select_full_range_join',
    'Joins with a range search on a reference table.',
  ),
  Select_range: count('mysql_global_status_select_range', 'Selects with a range search on the first table.'),
  Select_range_check: count(
    'mysql_global_status_select_range_check',
    'Joins without keys that check for key usage after each row.',
  ),
  Sort_range: count('mysql_global_status_sort_range', 'Sorts with a range scan.'),
  Sort_scan: count('mysql_global_status_sort_scan', 'Sorts with a full table scan.'),
  Sort_rows: count('mysql_global_status_sort_rows', 'Sorted rows.'),
  Sort_merge_passes: count(
    'mysql_global_status_sort_merge_passes',
    'Merge passes of sorts that did not fit into memory.',
  ),
  Innodb_log_waits: count('mysql_global_status_innodb_log_waits', 'Waits for space in the log buffer.'),
  Innodb_os_log_fsyncs: count('mysql_global_status_innodb_os_log_fsyncs', 'Calls of fsync() on redo log files.'),
  Innodb_data_fsyncs: count('mysql_global_status_innodb_data_fsyncs', 'Calls of fsync() on data files.'),
  Innodb_data_read: bytes('mysql_global_status_innodb_data_read', 'Bytes read from data files.'),
  Innodb_data_written: bytes('mysql_global_status_innodb_data_written', 'Bytes written to data files.'),
  Innodb_os_log_written: bytes('mysql_global_status_innodb_os_log_written', 'Bytes written to the redo log.'),
  Innodb_data_reads: count('mysql_global_status_innodb_data_reads', 'Read operations on data files.'),
  Innodb_data_writes: count('mysql_global_status_innodb_data_writes', 'Write operations on data files.'),
  Innodb_buffer_pool_read_requests: count(
    'mysql_global_status_innodb_buffer_pool_read_requests',
    'Logical page reads from the buffer pool.',
  ),
  Innodb_buffer_pool_reads: count(
    'mysql_global_status_innodb_buffer_pool_reads',
    'Logical page reads that missed the buffer pool and went to disk.',
  ),
  Innodb_buffer_pool_wait_free: count(
    'mysql_global_status_innodb_buffer_pool_wait_free',
    'Waits for a free page in the buffer pool.',
  ),
  Innodb_row_lock_waits: count('mysql_global_status_innodb_row_lock_waits', 'Waits for a row lock.'),
  Innodb_row_lock_current_waits: level(
    'mysql_global_status_innodb_row_lock_current_waits',
    'Sessions waiting for a row lock.',
  ),
  Innodb_page_size: mapped('gauge', 'bytes')('mysql_global_status_innodb_page_size', 'Size of an InnoDB page.'),
  Innodb_num_open_files: level('mysql_global_status_innodb_num_open_files', 'Open files of InnoDB.'),
  Innodb_buffer_pool_pages_dirty: level(
    'mysql_global_status_buffer_pool_dirty_pages',
    'Dirty pages in the buffer pool.',
  ),
};

/** Status variables that form one metric. The label value is the part of the variable name after the prefix. */
export interface StatusGroup {
  readonly prefix: string;
  readonly label: string;
  /** All values, or their maximum number: then all variables with the prefix and the suffix `ending` are exposed. */
  readonly values: LabelValues;
  readonly ending?: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
}

export const STATUS_GROUPS: Readonly<Record<string, StatusGroup>> = {
  mysql_global_status_commands_total: {
    prefix: 'Com_',
    label: 'command',
    values: atMost(200, 'kinds of statements that the server counts'),
    type: 'counter',
    help: 'Executed statements by kind.',
  },
  mysql_global_status_handlers_total: {
    prefix: 'Handler_',
    label: 'handler',
    values: atMost(30, 'requests that storage engines take'),
    type: 'counter',
    help: 'Requests to the storage engines by kind.',
  },
  mysql_global_status_connection_errors_total: {
    prefix: 'Connection_errors_',
    label: 'error',
    values: ['accept', 'internal', 'max_connections', 'peer_address', 'select', 'tcpwrap'],
    type: 'counter',
    help: 'Connection errors by cause.',
  },
  mysql_global_status_innodb_row_ops_total: {
    prefix: 'Innodb_rows_',
    label: 'operation',
    values: ['read', 'inserted', 'updated', 'deleted'],
    type: 'counter',
    help: 'InnoDB row operations by kind.',
  },
  mysql_global_status_buffer_pool_page_changes_total: {
    prefix: 'Innodb_buffer_pool_pages_',
    label: 'operation',
    values: ['flushed'],
    type: 'counter',
    help: 'Buffer pool pages by operation.',
  },
  mysql_global_status_performance_schema_lost_total: {
    prefix: 'Performance_schema_',
    label: 'instrumentation',
    values: atMost(60, 'instruments of performance_schema'),
    // mysqld_exporter also includes Performance_schema_session_connect_attrs_longest_seen, which is a length, not a loss.
    ending: '_lost',
    type: 'counter',
    help: 'Performance Schema instrumentation lost because its tables are full, by instrument.',
  },
  mysql_global_status_buffer_pool_pages: {
    prefix: 'Innodb_buffer_pool_pages_',
    label: 'state',
    values: ['data', 'free', 'misc'],
    type: 'gauge',
    help: 'Pages of the buffer pool by state.',
  },
};

/** System variables, with mysqld_exporter's names. */
export const VARIABLES: Readonly<Record<string, MappedMetric>> = {
  max_connections: level('mysql_global_variables_max_connections', 'Limit of concurrent connections.'),
  max_prepared_stmt_count: level(
    'mysql_global_variables_max_prepared_stmt_count',
    'Limit of open prepared statements.',
  ),
  innodb_force_recovery: level(
    'mysql_global_variables_innodb_force_recovery',
    'Forced recovery level of InnoDB: recovery steps skipped to start with corrupt data; 0 for none.',
  ),
  thread_cache_size: level('mysql_global_variables_thread_cache_size', 'Capacity of the thread cache, in threads.'),
  open_files_limit: level('mysql_global_variables_open_files_limit', 'Limit of open files.'),
  table_open_cache: level('mysql_global_variables_table_open_cache', 'Capacity of the table cache, in open tables.'),
  table_definition_cache: level(
    'mysql_global_variables_table_definition_cache',
    'Capacity of the table definition cache, in definitions.',
  ),
  innodb_buffer_pool_size: mapped('gauge', 'bytes')(
    'mysql_global_variables_innodb_buffer_pool_size',
    'Size of the buffer pool.',
  ),
  innodb_log_buffer_size: mapped('gauge', 'bytes')(
    'mysql_global_variables_innodb_log_buffer_size',
    'Size of the log buffer.',
  ),
  key_buffer_size: mapped('gauge', 'bytes')(
    'mysql_global_variables_key_buffer_size',
    'Size of the key buffer, which only MyISAM uses.',
  ),
  read_only: level(
    'mysql_global_variables_read_only',
    'Whether read_only is set: 1 if only privileged users can write.',
  ),
  super_read_only: level(
    'mysql_global_variables_super_read_only',
    'Whether super_read_only is set: 1 if writes are refused.',
  ),
  group_replication_flow_control_mode: level(
    'mysql_global_variables_group_replication_flow_control_mode',
    'Whether flow control throttles writers when members lag.',
  ),
  group_replication_flow_control_applier_threshold: level(
    'mysql_global_variables_group_replication_flow_control_applier_threshold',
    'Flow control threshold: transactions waiting to be applied.',
  ),
  group_replication_flow_control_certifier_threshold: level(
    'mysql_global_variables_group_replication_flow_control_certifier_threshold',
    'Flow control threshold: transactions waiting for certification.',
  ),
};
