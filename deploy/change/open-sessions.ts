import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { trackOpenSessions, type OpenSession, type OpenSessions } from './idle-sessions.ts';

/** Observes the open transactions of a database node, and ends sessions. */
export interface SessionWatch {
  /** Takes a sample. */
  sample(): Promise<OpenSessions>;
  /** Ends sessions; their transactions are rolled back. One that the operator may not end is only remembered. */
  end(sessions: readonly OpenSession[]): Promise<void>;
  /** Number of sessions that were ended. */
  readonly ended: number;
  /** Reasons of the server for not ending sessions. */
  readonly refusals: readonly string[];
}

/** Autocommitted reads are left out: Group Replication does not wait for them (measured). */
const OPEN = `SELECT t.PROCESSLIST_ID AS id, COALESCE(t.PROCESSLIST_USER, '') AS user, t.PROCESSLIST_COMMAND = 'Sleep' AS isWaiting,
    CAST(x.EVENT_ID AS CHAR) AS transaction, CAST(COALESCE(s.EVENT_ID, 0) AS CHAR) AS statement
  FROM performance_schema.events_transactions_current x
    JOIN performance_schema.threads t ON t.THREAD_ID = x.THREAD_ID
    LEFT JOIN performance_schema.events_statements_current s ON s.THREAD_ID = x.THREAD_ID AND s.NESTING_EVENT_LEVEL = 0
  WHERE x.STATE = 'ACTIVE' AND t.TYPE = 'FOREGROUND' AND t.PROCESSLIST_ID <> CONNECTION_ID()
    AND (x.AUTOCOMMIT = 'NO' OR s.EVENT_NAME <> 'statement/sql/select')`;

const openSchema = z.array(
  z.object({
    id: z.number(),
    user: z.string(),
    isWaiting: z.coerce.boolean(),
    transaction: z.string(),
    statement: z.string(),
  }),
);

/** Without these, the server would report no transaction, like an idle one. */
const DISABLED = `SELECT NAME FROM performance_schema.setup_instruments WHERE NAME = 'transaction' AND ENABLED = 'NO'
  UNION ALL SELECT NAME FROM performance_schema.setup_consumers WHERE ENABLED = 'NO'
    AND NAME IN ('global_instrumentation', 'thread_instrumentation', 'events_transactions_current', 'events_statements_current')`;

/** The session has ended by itself. */
const NO_SUCH_SESSION = 1094;

/** Opens a watch on a session of the operator. Throws `switch-failed` if the server does not record transactions. */
export async function openSessionWatch(connection: Connection, timeoutMs: number): Promise<SessionWatch> {
  const query = async (sql: string): Promise<unknown> => (await connection.query({ sql, timeout: timeoutMs }))[0];
  const disabled = z.array(z.object({ NAME: z.string() })).parse(await query(DISABLED));
  if (disabled.length > 0) {
    const names = disabled.map(({ NAME }) => NAME).join(', ');
    throw new HoldfastError('switch-failed', `The database does not record open transactions: ${names} is disabled.`, {
      fix: 'Enable it in performance_schema.setup_instruments or setup_consumers, or restart the host.',
    });
  }
  let open: OpenSessions = new Map();
  const ended = new Set<number>();
  const refusals = new Map<number, string>();
  return {
    async sample() {
      const sample = openSchema.parse(await query(OPEN));
      open = trackOpenSessions(open, sample, performance.now());
      return open;
    },
    async end(sessions) {
      for (const session of sessions) {
        if (ended.has(session.id)) continue;
        try {
          await query(`KILL CONNECTION ${session.id}`);
          ended.add(session.id);
        } catch (error) {
          if (error instanceof Error && 'errno' in error && error.errno === NO_SUCH_SESSION) continue;
          refusals.set(session.id, `${nameOf(session)}: ${messageOf(error)}`);
        }
      }
    },
    get ended() {
      return ended.size;
    },
    get refusals() {
      return [...refusals.values()];
    },
  };
}

/** The user and the ID of a session, for messages. Never its statements, because these may contain data of customers. */
export function nameOf({ id, user }: OpenSession): string {
  return `session ${id} of ${user || 'an unknown user'}`;
}
