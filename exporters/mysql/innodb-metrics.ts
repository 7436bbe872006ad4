import type { Collector } from '../kit/exporter.ts';
import { mapped, type MappedMetric } from '../kit/mapped-metric.ts';
import { emitNumber, text } from './emit.ts';
import type { MysqlSession } from './session.ts';

/** Counters of `information_schema.INNODB_METRICS` that no status variable has, with mysqld_exporter's names. */
export const INNODB_COUNTERS: Readonly<Record<string, MappedMetric>> = {
  trx_rseg_history_len: mapped('gauge', '1')(
    'mysql_info_schema_innodb_metrics_transaction_trx_rseg_history_len',
    'History list length: row versions not purged yet; grows while a transaction stays open.',
  ),
  lock_deadlocks: mapped('counter', '1')(
    'mysql_info_schema_innodb_metrics_lock_lock_deadlocks_total',
    'Transactions rolled back because of a deadlock.',
  ),
  lock_timeouts: mapped('counter', '1')(
    'mysql_info_schema_innodb_metrics_lock_lock_timeouts_total',
    'Row-lock waits that timed out.',
  ),
};

export const INNODB_METRICS: Collector<MysqlSession> = {
  name: 'innodb_metrics',
  async collect(session, emit) {
    const names = Object.keys(INNODB_COUNTERS)
      .map((name) => `'${name}'`)
      .join(', ');
    const rows = await session.query(
      `SELECT NAME AS name, CAST(COUNT AS CHAR) AS value FROM information_schema.INNODB_METRICS WHERE NAME IN (${names})`,
    );
    for (const row of rows) {
      const known = INNODB_COUNTERS[text(row, 'name')];
      if (known !== undefined) emitNumber(emit, { name: known.metric }, text(row, 'value'));
    }
  },
};
