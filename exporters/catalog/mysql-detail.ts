import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { mapped, type MappedMetric } from '../kit/mapped-metric.ts';
import { atMost, gauge, type Metric } from './metric.ts';

const count = mapped('counter', '1');

/** Columns of `events_statements_summary_by_digest`, with mysqld_exporter's names. `divisor`: converts picoseconds to seconds. */
export const STATEMENT_COLUMNS: Readonly<Record<string, MappedMetric & { readonly divisor: number }>> = {
  COUNT_STAR: { ...count('mysql_perf_schema_events_statements_total', 'Executions of the statement.'), divisor: 1 },
  SUM_TIMER_WAIT: {
    ...mapped('counter', 'seconds')(
      'mysql_perf_schema_events_statements_seconds_total',
      'Total execution time of the statement.',
    ),
    divisor: 1e12,
  },
  SUM_ERRORS: { ...count('mysql_perf_schema_events_statements_errors_total', 'Errors of the statement.'), divisor: 1 },
  SUM_ROWS_EXAMINED: {
    ...count('mysql_perf_schema_events_statements_rows_examined_total', 'Rows examined by the statement.'),
    divisor: 1,
  },
  SUM_ROWS_SENT: {
    ...count('mysql_perf_schema_events_statements_rows_sent_total', 'Rows sent to clients by the statement.'),
    divisor: 1,
  },
  SUM_ROWS_AFFECTED: {
    ...count('mysql_perf_schema_events_statements_rows_affected_total', 'Rows affected by the statement.'),
    divisor: 1,
  },
  SUM_NO_INDEX_USED: {
    ...count(
      'mysql_perf_schema_events_statements_no_index_used_total',
      'Executions that read a table without an index.',
    ),
    divisor: 1,
  },
  SUM_CREATED_TMP_DISK_TABLES: {
    ...count(
      'mysql_perf_schema_events_statements_tmp_disk_tables_total',
      'Internal temporary tables created on disk by the statement.',
    ),
    divisor: 1,
  },
};

const SCHEMA = { schema: atMost(20, 'schemas of the server') };
/** The set of the most expensive statements changes, so within an hour there can be more digests than at any one time. */
const STATEMENT = { ...SCHEMA, digest: atMost(60, 'kinds of statements') };

/** Metrics of a database node with a slow scrape interval: exporters/mysql/detail-exporter.ts. */
export const MYSQL_DETAIL: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('mysql_detail', ['schema_sizes', 'statements', 'binary_logs']),
  mysql_info_schema_schema_tablespaces: gauge('1', 'Tablespace files of a schema: one per table or partition.', {
    labels: SCHEMA,
  }),
  mysql_info_schema_schema_file_size_bytes: gauge('bytes', 'Size of the tablespace files of a schema.', {
    labels: SCHEMA,
  }),
  mysql_info_schema_schema_allocated_size_bytes: gauge(
    'bytes',
    'Disk space allocated to the tablespace files of a schema.',
    { labels: SCHEMA },
  ),
  mysql_binlog_files: gauge('1', 'Binary log files.'),
  mysql_binlog_size_bytes: gauge('bytes', 'Total size of the binary log files.'),
  ...Object.fromEntries(
    Object.values(STATEMENT_COLUMNS).map(({ metric, type, unit, help }): [string, Metric] => [
      metric,
      // A node that has just started has not run any statement.
      { type, unit, help, labels: STATEMENT, naming: 'upstream', presence: 'on-event' },
    ]),
  ),
};
