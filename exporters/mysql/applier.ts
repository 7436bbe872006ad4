import type { Collector } from '../kit/exporter.ts';
import { emitNumber, text } from './emit.ts';
import type { MysqlSession } from './session.ts';

/**
 * Apply lag of a node: the age of the oldest transaction that it is applying, since its commit on the primary. A heartbeat row written every
 * second would need an account with write access, would cause transactions on an idle stack, and would not work while writes fail. The server
 * records these times anyway. Limits: the value depends on the clocks of both nodes, and is 0 while nothing is being applied. A stopped applier
 * shows in the queue instead, and the node leaves ONLINE.
 *
 * A recovering node has no lag sample: its state already shows that it lags.
 */
export const APPLIER: Collector<MysqlSession> = {
  name: 'applier',
  async collect(session, emit) {
    const [row] = await session.query(
      `SELECT MEMBER_STATE AS state, (
         SELECT GREATEST(0, COALESCE(MAX(TIMESTAMPDIFF(MICROSECOND, APPLYING_TRANSACTION_ORIGINAL_COMMIT_TIMESTAMP, NOW(6))), 0)) / 1000000
         FROM performance_schema.replication_applier_status_by_worker
         WHERE CHANNEL_NAME = 'group_replication_applier' AND APPLYING_TRANSACTION <> ''
       ) AS behind FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid`,
    );
    if (row !== undefined && text(row, 'state') === 'ONLINE')
      emitNumber(emit, { name: 'mysql_group_replication_apply_lag_seconds' }, text(row, 'behind'));
  },
};
