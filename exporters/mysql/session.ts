import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';

/** Where a database node is, and how the exporter logs in. */
export interface MysqlTarget {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  /** PEM; the certificate of the node must be signed by it. */
  readonly authority: string;
}

/** A session that collectors ask one after the other: MySQL answers one statement at a time. */
export interface MysqlSession extends Disposable {
  readonly query: (sql: string) => Promise<readonly RowDataPacket[]>;
}

/**
 * Opens sessions, and keeps the last one of each node for its next scrape: a login over TLS costs both sides more than all the questions.
 * A session that was given up in the middle of a question is not used again.
 */
export function makeMysqlSessions(): (target: MysqlTarget, signal: AbortSignal) => Promise<MysqlSession> {
  const idle = new Map<string, Connection>();
  return async (target, signal) => {
    const key = `${target.host}:${target.port}`;
    const kept = idle.get(key);
    idle.delete(key);
    const connection = kept !== undefined && (await answers(kept, signal)) ? kept : await connect(target);
    let running = 0;
    let isBroken = signal.aborted;
    const onAbort = (): void => {
      // The next answer on it would be to this question.
      if (running > 0) isBroken = true;
      if (isBroken) connection.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    connection.on('error', () => {
      isBroken = true;
    });
    return {
      async query(sql) {
        running += 1;
        try {
          const [rows] = await connection.query<RowDataPacket[]>(sql);
          return rows;
        } catch (error) {
          isBroken ||= !(error instanceof Error && 'errno' in error && 'sqlState' in error);
          throw error;
        } finally {
          running -= 1;
        }
      },
      [Symbol.dispose]() {
        signal.removeEventListener('abort', onAbort);
        connection.removeAllListeners('error');
        if (isBroken || running > 0 || idle.has(key)) {
          connection.destroy();
          return;
        }
        connection.on('error', () => idle.delete(key));
        idle.set(key, connection);
      },
    };
  };
}

/** Whether a kept session still leads to a server that works. One that does not answer is thrown away. */
async function answers(connection: Connection, signal: AbortSignal): Promise<boolean> {
  const giveUp = (): void => {
    connection.destroy();
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await connection.ping();
    return true;
  } catch {
    connection.destroy();
    signal.throwIfAborted();
    return false;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Well within a scrape, so that a dead node is told as one and not as a scrape that took too long. */
const CONNECT_MS = 800;

async function connect({ host, port, password, authority }: MysqlTarget): Promise<Connection> {
  const connection = await createConnection({
    host,
    port,
    user: 'monitor',
    password,
    ssl: { ca: authority },
    connectTimeout: CONNECT_MS,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
  // A server in trouble must not be held up by the one who looks at it.
  await connection.query("SET SESSION group_replication_consistency = 'EVENTUAL', SESSION lock_wait_timeout = 1");
  return connection;
}
