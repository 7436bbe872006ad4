import { z } from 'zod';
import { parseGtidSet } from './gtid-set.ts';
import type { MysqlConnection } from '../../kit/mysql-connection.ts';
import { MEMBER_STATES } from '../../exporters/catalog/member-states.ts';
import type { Member, NodeView } from './node-view.ts';
import type { Node } from './settings.ts';

/** Run once per session. A new primary must answer the agent's queries while it still applies its backlog. */
const SESSION = "SET SESSION group_replication_consistency = 'EVENTUAL', SESSION lock_wait_timeout = 1";
const UPTIME = "SELECT VARIABLE_VALUE AS seconds FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Uptime'";

/** One query for everything, so that the parts are consistent. */
const QUERY = `SELECT @@server_uuid AS id, @@super_read_only AS superReadOnly, @@gtid_executed AS executed,
  (SELECT RECEIVED_TRANSACTION_SET FROM performance_schema.replication_connection_status
    WHERE CHANNEL_NAME = 'group_replication_applier') AS received,
  (SELECT VIEW_ID FROM performance_schema.replication_group_member_stats WHERE MEMBER_ID = @@server_uuid) AS viewId,
  (SELECT COUNT_TRANSACTIONS_REMOTE_IN_APPLIER_QUEUE FROM performance_schema.replication_group_member_stats
    WHERE MEMBER_ID = @@server_uuid) AS applyQueue,
  (SELECT JSON_ARRAYAGG(JSON_OBJECT('id', MEMBER_ID, 'address', MEMBER_HOST, 'state', MEMBER_STATE, 'role', MEMBER_ROLE))
    FROM performance_schema.replication_group_members) AS members`;

const memberSchema = z.object({
  id: z.string(),
  address: z.string(),
  state: z.enum(MEMBER_STATES),
  role: z.enum(['PRIMARY', 'SECONDARY']).or(z.literal('').transform(() => undefined)),
});

const rowSchema = z.object({
  id: z.string(),
  superReadOnly: z.coerce.number(),
  executed: z.string(),
  received: z.string().nullable(),
  viewId: z.string().nullable(),
  applyQueue: z.coerce.number(),
  members: z.array(memberSchema).nullable(),
});

const uptimeSchema = z.object({ seconds: z.coerce.number() });

/** Prepares a new session. Returns the start of its mysqld (epoch ms, to about a second). */
export async function beginSession(connection: MysqlConnection, deadlineMs: number): Promise<number> {
  await connection.query(SESSION, deadlineMs);
  const [row] = await connection.query(UPTIME, deadlineMs);
  return Date.now() - uptimeSchema.parse(row).seconds * 1000;
}

interface QueryOptions {
  readonly nodes: readonly Node[];
  readonly startedAtMs: number;
  readonly deadlineMs: number;
}

/** Queries the view of a node. Throws if the answer is late or invalid. */
export async function readView(connection: MysqlConnection, options: QueryOptions): Promise<NodeView> {
  const polledAtMs = performance.now();
  const [raw] = await connection.query(QUERY, options.deadlineMs);
  const row = rowSchema.parse(raw);
  const rows = row.members ?? [];
  const own = rows.find((member) => member.id === row.id);
  return {
    polledAtMs,
    startedAtMs: options.startedAtMs,
    state: own?.state ?? 'OFFLINE',
    role: own?.role,
    superReadOnly: row.superReadOnly === 1,
    viewId: row.viewId ?? '',
    members: rows.map(({ address, state, role }): Member => {
      const host = options.nodes.find((node) => node.address === address)?.name ?? address;
      return { host, state, role };
    }),
    applyQueue: row.applyQueue,
    executed: parseGtidSet(row.executed),
    received: parseGtidSet(row.received ?? ''),
  };
}
