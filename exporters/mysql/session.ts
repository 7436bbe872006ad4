import { openMysqlConnection, type MysqlConnection, type MysqlLogin } from '../../kit/mysql-connection.ts';

type Rows = Awaited<ReturnType<MysqlConnection['query']>>;

/** Where a database node is, and how the exporter logs in. */
export interface MysqlTarget {
  readonly address: string;
  readonly port: number;
  readonly login: MysqlLogin;
  /** For the login, and for the first answer of a session that was kept: well within a scrape, so that a dead node is told as one. */
  readonly connectMs: number;
}

/** A session that collectors ask one after the other: MySQL answers one statement at a time. */
export interface MysqlSession extends Disposable {
  readonly query: (sql: string) => Promise<Rows>;
}

/** No scrape waits longer; whatever is still running when it ends is cut off then. */
const QUERY_MS = 30_000;
/** A server in trouble must not be held up by the one who looks at it. */
const PREPARE = "SET SESSION group_replication_consistency = 'EVENTUAL', SESSION lock_wait_timeout = 1";

/**
 * Opens sessions, and keeps the last one of each node for its next scrape: a login over TLS costs both sides more than all the questions.
 * A session that was given up in the middle of a question is not used again.
 */
export function makeMysqlSessions(): (target: MysqlTarget) => Promise<MysqlSession> {
  const idle = new Map<string, MysqlConnection>();
  return async (target) => {
    const key = `${target.address}:${target.port}`;
    const kept = idle.get(key);
    idle.delete(key);
    const connection = await prepare(kept?.closed === false ? kept : undefined, target);
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
        // The next answer on it would be to a question that nobody asks any more.
        if (running > 0 || idle.has(key)) connection[Symbol.dispose]();
        else if (!connection.closed) idle.set(key, connection);
      },
    };
  };
}

/** A session that has just answered: a kept one is asked again, because a frozen server keeps its connections open. */
async function prepare(kept: MysqlConnection | undefined, target: MysqlTarget): Promise<MysqlConnection> {
  const connection = kept ?? (await openMysqlConnection(target, target.login, target.connectMs));
  try {
    await connection.query(PREPARE, target.connectMs);
    return connection;
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
}
