import type { Collector } from '../kit/exporter.ts';
import { emitNumber, text } from './emit.ts';
import type { MysqlSession } from './session.ts';

/**
 * How far behind a node is: the age of the oldest transaction that it is applying, since it was committed where it was made. A row that is
 * written every second to measure the same (a heartbeat) would need an account that may write, would make transactions on an idle stack, and
 * would say nothing while nobody can write; the server keeps these times anyway. Its limits: both nodes' clocks are in it, and
 * while nothing is being applied it is 0. An applier that stopped altogether shows in the queue instead, and the node leaves ONLINE.
 *
 * A node that recovers is behind by definition, and its state says so: there is no lag then.
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
