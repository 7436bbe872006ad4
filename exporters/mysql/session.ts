import { openMysqlConnection, type MysqlConnection, type MysqlLogin } from '../../kit/mysql-connection.ts';

type Rows = Awaited<ReturnType<MysqlConnection['query']>>;

/** Address of a database node, and the exporter's login. */
export interface MysqlTarget {
  readonly address: string;
  readonly port: number;
  readonly login: MysqlLogin;
  /** Deadline of the login and of the first query of a reused session. Well below the scrape timeout, so that an unreachable node is exposed as down. */
  readonly connectMs: number;
}

/** A session shared by all collectors; MySQL executes its statements one at a time. */
export interface MysqlSession extends Disposable {
  readonly query: (sql: string) => Promise<Rows>;
}

/** Longer than any scrape, whose own deadline ends a running query earlier. */
const QUERY_MS = 30_000;
/** The exporter must not add load to a failing server: no waits for consistency, short waits for locks. */
const PREPARE = "SET SESSION group_replication_consistency = 'EVENTUAL', SESSION lock_wait_timeout = 1";

/**
 * Opens sessions, and reuses the last one of each node for the next scrape: a login over TLS costs both sides more than all queries.
 * A session that was released during a query is not reused.
 */
export function makeMysqlSessions(): (target: MysqlTarget) => Promise<MysqlSession> {
  const idle = new Map<string, MysqlConnection>();
  return async (target) => {
    const key = `${target.address}:${target.port}`;
    const idleConnection = idle.get(key);
    idle.delete(key);
    const connection = await prepareConnection(idleConnection?.closed === false ? idleConnection : undefined, target);
    let running = 0;
    return {
      async query(sql) {
        running += 1;
        try {
          return await connection.query(sql, QUERY_MS);
        } finally {
          running -= 1;
        }
      },
      [Symbol.dispose]() {
        // With a query in flight, the next response would belong to that query.
        if (running > 0 || idle.has(key)) connection[Symbol.dispose]();
        else if (!connection.closed) idle.set(key, connection);
      },
    };
  };
}

/** Runs a first query, also on a reused session, because a hung server keeps its connections open. Opens a new session if none is idle. */
async function prepareConnection(
  idleConnection: MysqlConnection | undefined,
  target: MysqlTarget,
): Promise<MysqlConnection> {
  const connection = idleConnection ?? (await openMysqlConnection(target, target.login, target.connectMs));
  try {
    await connection.query(PREPARE, target.connectMs);
    return connection;
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
}
