import { atMost, type LabelValues } from '../catalog/metric.ts';
import { mapped, type MappedMetric } from '../kit/mapped-metric.ts';

const count = mapped('counter', '1');
const bytes = mapped('counter', 'bytes');
const level = mapped('gauge', '1');

/** Status variables that the mixin and dashboards of mysqld_exporter and our rules read, with mysqld_exporter's names. */
export const STATUS: Readonly<Record<string, MappedMetric>> = {
  Uptime: mapped('gauge', 'seconds')('mysql_global_status_uptime', 'Time since the server was started.'),
  // The certificate that new connections get: `ALTER INSTANCE RELOAD TLS` changes it.
  Ssl_server_not_after: mapped('gauge', 'timestamp')(
    'mysql_global_status_ssl_server_not_after',
    'When the certificate of the server ends.',
  ),
  Queries: count('mysql_global_status_queries', 'Statements, those inside of stored programs included.'),
  Questions: count('mysql_global_status_questions', 'Statements that clients sent.'),
  Slow_queries: count('mysql_global_status_slow_queries', 'Statements that took longer than long_query_time.'),
  Threads_connected: level('mysql_global_status_threads_connected', 'Sessions that are open.'),
  Threads_running: level('mysql_global_status_threads_running', 'Sessions that are at work.'),
  Threads_cached: level('mysql_global_status_threads_cached', 'Threads that wait for a session.'),
  Threads_created: count('mysql_global_status_threads_created', 'Threads that were made for sessions.'),
  Prepared_stmt_count: level('mysql_global_status_prepared_stmt_count', 'Prepared statements that are open.'),
  Max_used_connections: level('mysql_global_status_max_used_connections', 'Most sessions at a time since the start.'),
  Aborted_connects: count('mysql_global_status_aborted_connects', 'Logins that failed.'),
  Aborted_clients: count('mysql_global_status_aborted_clients', 'Sessions that ended without a farewell.'),
  Bytes_received: bytes('mysql_global_status_bytes_received', 'Received from clients.'),
  Bytes_sent: bytes('mysql_global_status_bytes_sent', 'Sent to clients.'),
  Open_files: level('mysql_global_status_open_files', 'Files that are open.'),
  Opened_files: count('mysql_global_status_opened_files', 'Files that were opened.'),
  Open_table_definitions: level('mysql_global_status_open_table_definitions', 'Definitions of tables that are kept.'),
  Opened_table_definitions: count('mysql_global_status_opened_table_definitions', 'Definitions that were read.'),
  Open_tables: level('mysql_global_status_open_tables', 'Tables that are open.'),
  Opened_tables: count('mysql_global_status_opened_tables', 'Tables that were opened.'),
  Table_open_cache_hits: count('mysql_global_status_table_open_cache_hits', 'Tables found open.'),
  Table_open_cache_misses: count('mysql_global_status_table_open_cache_misses', 'Tables that had to be opened.'),
  Table_open_cache_overflows: count(
    'mysql_global_status_table_open_cache_overflows',
    'Open tables evicted from the table cache.',
  ),
  Table_locks_immediate: count('mysql_global_status_table_locks_immediate', 'Table locks had at once.'),
  Table_locks_waited: count('mysql_global_status_table_locks_waited', 'Table locks that were waited for.'),
  Created_tmp_tables: count('mysql_global_status_created_tmp_tables', 'Temporary tables.'),
  Created_tmp_disk_tables: count('mysql_global_status_created_tmp_disk_tables', 'Temporary tables on the disk.'),
  Created_tmp_files: count('mysql_global_status_created_tmp_files', 'Temporary files.'),
  Select_full_join: count('mysql_global_status_select_full_join', 'Joins without an index.'),
  Select_scan: count('mysql_global_status_select_scan', 'Selects that read a whole first table.'),
  Select_full_range_join: count('mysql_global_status_select_full_range_join', 'Joins by a range of the second table.'),
  Select_range: count('mysql_global_status_select_range', 'Selects that read a range of a first table.'),
  Select_range_check: count(
    'mysql_global_status_select_range_check',
    'Joins without keys that check for key usage after each row.',
  ),
  Sort_range: count('mysql_global_status_sort_range', 'Sorts of a range.'),
  Sort_scan: count('mysql_global_status_sort_scan', 'Sorts of a whole table.'),
  Sort_rows: count('mysql_global_status_sort_rows', 'Rows that were sorted.'),
  Sort_merge_passes: count('mysql_global_status_sort_merge_passes', 'Merges of sorts that did not fit into memory.'),
  Innodb_log_waits: count('mysql_global_status_innodb_log_waits', 'Waits for space in the log buffer.'),
  Innodb_os_log_fsyncs: count(
    'mysql_global_status_innodb_os_log_fsyncs',
    'Log writes that were made safe on the disk.',
  ),
  Innodb_data_fsyncs: count('mysql_global_status_innodb_data_fsyncs', 'Data writes that were made safe on the disk.'),
  Innodb_data_read: bytes('mysql_global_status_innodb_data_read', 'Read from data files.'),
  Innodb_data_written: bytes('mysql_global_status_innodb_data_written', 'Written to data files.'),
  Innodb_os_log_written: bytes('mysql_global_status_innodb_os_log_written', 'Written to the redo log.'),
  Innodb_data_reads: count('mysql_global_status_innodb_data_reads', 'Reads of data from files.'),
  Innodb_data_writes: count('mysql_global_status_innodb_data_writes', 'Writes of data to files.'),
  Innodb_buffer_pool_read_requests: count('mysql_global_status_innodb_buffer_pool_read_requests', 'Reads of pages.'),
  Innodb_buffer_pool_reads: count(
    'mysql_global_status_innodb_buffer_pool_reads',
    'Reads of pages that went to the disk.',
  ),
  Innodb_buffer_pool_wait_free: count('mysql_global_status_innodb_buffer_pool_wait_free', 'Waits for a free page.'),
  Innodb_row_lock_waits: count('mysql_global_status_innodb_row_lock_waits', 'Waits for a row.'),
  Innodb_row_lock_current_waits: level(
    'mysql_global_status_innodb_row_lock_current_waits',
    'Sessions that wait for a row.',
  ),
  Innodb_page_size: mapped('gauge', 'bytes')('mysql_global_status_innodb_page_size', 'Size of a page.'),
  Innodb_num_open_files: level('mysql_global_status_innodb_num_open_files', 'Files that InnoDB has open.'),
  Innodb_buffer_pool_pages_dirty: level('mysql_global_status_buffer_pool_dirty_pages', 'Pages to be written.'),
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
    help: 'Statements by kind.',
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
    help: 'Connections that failed, by why.',
  },
  mysql_global_status_innodb_row_ops_total: {
    prefix: 'Innodb_rows_',
    label: 'operation',
    values: ['read', 'inserted', 'updated', 'deleted'],
    type: 'counter',
    help: 'Rows by what was done.',
  },
  mysql_global_status_buffer_pool_page_changes_total: {
    prefix: 'Innodb_buffer_pool_pages_',
    label: 'operation',
    values: ['flushed'],
    type: 'counter',
    help: 'Pages of the buffer pool by what was done.',
  },
  mysql_global_status_performance_schema_lost_total: {
    prefix: 'Performance_schema_',
    label: 'instrumentation',
    values: atMost(60, 'instruments of performance_schema'),
    // mysqld_exporter also includes Performance_schema_session_connect_attrs_longest_seen, which is a length, not a loss.
    ending: '_lost',
    type: 'counter',
    help: 'Things that the server could not watch because its tables for that are full.',
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
  max_connections: level('mysql_global_variables_max_connections', 'Sessions that may be open.'),
  max_prepared_stmt_count: level(
    'mysql_global_variables_max_prepared_stmt_count',
    'Prepared statements that may be open.',
  ),
  innodb_force_recovery: level(
    'mysql_global_variables_innodb_force_recovery',
    'How much InnoDB leaves out to start with damaged data; 0 for nothing.',
  ),
  thread_cache_size: level('mysql_global_variables_thread_cache_size', 'Threads that are kept for sessions.'),
  open_files_limit: level('mysql_global_variables_open_files_limit', 'Files that may be open.'),
  table_open_cache: level('mysql_global_variables_table_open_cache', 'Tables that may be open.'),
  table_definition_cache: level(
    'mysql_global_variables_table_definition_cache',
    'Definitions of tables that may be kept.',
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
  read_only: level('mysql_global_variables_read_only', 'Whether only privileged users may write.'),
  super_read_only: level(
    'mysql_global_variables_super_read_only',
    'Whether super_read_only is set: 1 if writes are refused.',
  ),
  group_replication_flow_control_mode: level(
    'mysql_global_variables_group_replication_flow_control_mode',
    'Whether writers are slowed down when members fall behind.',
  ),
  group_replication_flow_control_applier_threshold: level(
    'mysql_global_variables_group_replication_flow_control_applier_threshold',
    'Transactions that wait to be applied from which on writers are slowed down.',
  ),
  group_replication_flow_control_certifier_threshold: level(
    'mysql_global_variables_group_replication_flow_control_certifier_threshold',
    'Transactions that wait for certification from which on writers are slowed down.',
  ),
};
