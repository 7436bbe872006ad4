import mysql from 'mysql2';
import type { Connection, ResultSetHeader } from 'mysql2';
import type { PooledConnection } from './connection-pool.ts';
import { startFairTimer } from './fair-timer.ts';
import type { Row } from './row.ts';

export type SqlValue = string | number | null | Buffer | Date | readonly SqlValue[];

/** One statement with the values of its placeholders. */
export interface SqlText {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Result of one statement: rows of a query, or the effect of a write. */
export interface SqlResult {
  readonly rows: readonly Row[];
  readonly affectedRows: number;
  readonly insertId: number;
  /** Transactions that this statement committed; only if the session tracks its own GTIDs. */
  readonly gtids: readonly string[];
}

export interface DbTarget {
  readonly host: string;
  readonly port: number;
  /** The default schema; undefined if it may not exist yet. */
  readonly database: string | undefined;
  readonly user: string;
  readonly password: string;
  /** Certificate of the authority that signed the servers' certificates; PEM. */
  readonly ca: string;
  /** Deadline from the TCP connect to the last reply to `setup`. */
  readonly connectMs: number;
  /**
   * Whether several statements may be sent at once. This makes SQL injection worse, so it is only for code that passes every value as a
   * placeholder.
   */
  readonly multipleStatements: boolean;
  /** Session variables, for example `innodb_lock_wait_timeout = 2`. */
  readonly setup: readonly string[];
}

/** One MySQL session over TLS, with a deadline for every statement. */
export class DbConnection implements PooledConnection {
  readonly #connection: Connection;
  #closed = false;
  readonly #listeners: (() => void)[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
    const closed = (): void => {
      if (this.#closed) return;
      this.#closed = true;
      for (const listener of this.#listeners) listener();
    };
    connection.on('error', closed);
    connection.on('end', closed);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  onClosed(listener: () => void): void {
    this.#listeners.push(listener);
  }

  destroy(): void {
    this.#closed = true;
    this.#connection.destroy();
  }

  /**
   * Runs one statement. After `timeoutMs` the session is destroyed, because its next reply would belong to this statement. The server detects
   * the closed connection itself.
   */
  async query(sql: string, values: readonly SqlValue[], timeoutMs: number): Promise<SqlResult> {
    return toResult(await this.#send(sql, values, timeoutMs));
  }

  /** Runs several statements in one round trip and returns a result for each. The server stops at the first failed statement. */
  async queryAll(statements: readonly SqlText[], timeoutMs: number): Promise<readonly SqlResult[]> {
    const results = await this.#send(
      statements.map(({ sql }) => sql).join(';\n'),
      statements.flatMap(({ values }) => values),
      timeoutMs,
    );
    return statements.length === 1 ? [toResult(results)] : (results as readonly unknown[]).map(toResult);
  }

  #send(sql: string, values: readonly SqlValue[], timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let settled = false;
      const timer = startFairTimer(timeoutMs, () => {
        settled = true;
        this.destroy();
        reject(new StatementTimeout(timeoutMs));
      });
      this.#connection.query({ sql, values: [...values] }, (error: Error | null, result: unknown) => {
        if (settled) return;
        timer.cancel();
        if (error !== null) reject(error);
        else resolve(result);
      });
    });
  }
}

/** A statement timed out. It is unknown whether the server executed it. */
export class StatementTimeout extends Error {
  readonly code = 'STATEMENT_TIMEOUT';

  constructor(timeoutMs: number) {
    super(`no answer within ${Math.round(timeoutMs)} ms`);
    this.name = 'StatementTimeout';
  }
}

/** A server did not finish the handshake in time. */
export class ConnectTimeout extends Error {
  readonly code = 'CONNECT_TIMEOUT';

  constructor(connectMs: number) {
    super(`no session within ${Math.round(connectMs)} ms`);
    this.name = 'ConnectTimeout';
  }
}

/** Opens a session: TCP, TLS, authentication and setup within `connectMs`. Proxies accept TCP connections at once, so TCP alone proves nothing. */
export async function openDbConnection(target: DbTarget): Promise<DbConnection> {
  const { host, port, database, user, password, ca, connectMs, multipleStatements, setup } = target;
  const startedAt = performance.now();
  const raw = mysql.createConnection({
    host,
    port,
    ...(database === undefined ? {} : { database }),
    user,
    password,
    ssl: sslOf(ca),
    // Replaced by the fair timer below, which also covers the setup.
    connectTimeout: 0,
    multipleStatements,
    charset: 'utf8mb4_0900_ai_ci',
    timezone: 'Z',
    stringifyObjects: true,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
  });
  const connection = new DbConnection(raw);
  await new Promise<void>((resolve, reject) => {
    const timer = startFairTimer(connectMs, () => {
      reject(new ConnectTimeout(connectMs));
    });
    raw.connect((error) => {
      timer.cancel();
      if (error === null) resolve();
      else reject(error);
    });
  }).catch((error: unknown) => {
    connection.destroy();
    throw error;
  });
  if (setup.length > 0) {
    const leftMs = Math.max(1, connectMs - (performance.now() - startedAt));
    await connection.query(`SET SESSION ${setup.join(', ')}`, [], leftMs).catch((error: unknown) => {
      connection.destroy();
      throw error;
    });
  }
  return connection;
}

/** One object per certificate authority, so that mysql2 caches parsed certificates and TLS sessions. This makes reconnecting cheap. */
const sslOptions = new Map<string, { readonly ca: string; readonly rejectUnauthorized: true }>();

function sslOf(ca: string): { ca: string; rejectUnauthorized: true } {
  const options = sslOptions.get(ca) ?? { ca, rejectUnauthorized: true as const };
  sslOptions.set(ca, options);
  return options;
}

function toResult(result: unknown): SqlResult {
  if (Array.isArray(result)) {
    return { rows: result as readonly Row[], affectedRows: 0, insertId: 0, gtids: [] };
  }
  const header = result as ResultSetHeader & { readonly stateChanges?: { readonly gtids: readonly string[] } };
  return {
    rows: [],
    affectedRows: header.affectedRows,
    insertId: header.insertId,
    gtids: header.stateChanges?.gtids ?? [],
  };
}
