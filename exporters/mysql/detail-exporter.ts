import { MYSQL_DETAIL, STATEMENT_COLUMNS } from '../catalog/mysql-detail.ts';
import type { Collector, Exporter } from '../kit/exporter.ts';
import { emitNumber, text } from './emit.ts';
import type { MysqlSession, MysqlTarget } from './session.ts';

/**
 * Collects metrics that are expensive for a node and change slowly: sizes and statements. They have their own module, so that Prometheus can
 * scrape them at a slow interval. Timestamps of samples are correct then, unlike those of values cached between scrapes.
 */
export function makeMysqlDetailExporter(
  open: Exporter<MysqlTarget, MysqlSession>['open'],
): Exporter<MysqlTarget, MysqlSession> {
  return {
    prefix: 'mysql_detail',
    metrics: MYSQL_DETAIL,
    open,
    collectors: [SCHEMA_SIZES, STATEMENTS, BINARY_LOGS],
  };
}

/** Maximum number of schemas (the largest) and of statements (the most expensive). */
const MAX_ROWS = 20;

/**
 * Sizes of the tablespace files, which the privilege PROCESS makes visible. `information_schema.TABLES` shows a schema only to accounts that may
 * read its rows, and its statistics are up to a day old unless the server recalculates them for each query.
 */
const SCHEMA_SIZES: Collector<MysqlSession> = {
  name: 'schema_sizes',
  async collect(session, emit) {
    const rows = await session.query(
      `SELECT SUBSTRING_INDEX(NAME, '/', 1) AS \`schema\`, COUNT(*) AS files, SUM(FILE_SIZE) AS size, SUM(ALLOCATED_SIZE) AS allocated
       FROM information_schema.INNODB_TABLESPACES WHERE SPACE_TYPE = 'Single' GROUP BY 1 ORDER BY 3 DESC LIMIT ${MAX_ROWS}`,
    );
    for (const row of rows) {
      const labels = { schema: text(row, 'schema') };
      emitNumber(emit, { name: 'mysql_info_schema_schema_tablespaces', labels }, String(row['files']));
      emitNumber(emit, { name: 'mysql_info_schema_schema_file_size_bytes', labels }, String(row['size']));
      emitNumber(emit, { name: 'mysql_info_schema_schema_allocated_size_bytes', labels }, String(row['allocated']));
    }
  },
};

/** The server strips the literals from statements before it counts them; the exporter does not read their text at all. */
const STATEMENTS: Collector<MysqlSession> = {
  name: 'statements',
  async collect(session, emit) {
    const columns = Object.keys(STATEMENT_COLUMNS).join(', ');
    const rows = await session.query(
      `SELECT SCHEMA_NAME AS \`schema\`, DIGEST AS digest, ${columns} FROM performance_schema.events_statements_summary_by_digest
       WHERE DIGEST IS NOT NULL AND SCHEMA_NAME NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')
       ORDER BY SUM_TIMER_WAIT DESC LIMIT ${MAX_ROWS}`,
    );
    for (const row of rows) {
      const labels = { schema: text(row, 'schema'), digest: text(row, 'digest') };
      for (const [column, { metric, divisor }] of Object.entries(STATEMENT_COLUMNS))
        emit({ name: metric, labels, value: Number(row[column]) / divisor });
    }
  },
};

const BINARY_LOGS: Collector<MysqlSession> = {
  name: 'binary_logs',
  async collect(session, emit) {
    const rows = await session.query('SHOW BINARY LOGS');
    emit({ name: 'mysql_binlog_files', value: rows.length });
    emit({ name: 'mysql_binlog_size_bytes', value: rows.reduce((sum, row) => sum + Number(row['File_size']), 0) });
  },
};
