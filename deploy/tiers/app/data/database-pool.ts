import type { Metrics, PoolName } from '../telemetry/metrics.ts';
import { inSpan } from '../telemetry/request-trace.ts';
import { ConnectionPool, type AcquireOptions, type Lease } from './connection-pool.ts';
import {
  ConnectTimeout,
  openDbConnection,
  StatementTimeout,
  type DbConnection,
  type DbTarget,
  type SqlResult,
  type SqlText,
} from './db-connection.ts';

/** A handshake takes a few milliseconds of two CPUs; four at a time give hundreds of connections per second. */
const MAX_CONNECTING = 4;
/** After several consecutive timeouts, the connect deadline grows up to 2^2 times: the cause is then CPU shortage and not a lost server. */
const MAX_DOUBLINGS = 2;

/** One statement, with the operation name for metrics and traces. */
export interface Statement extends SqlText {
  /** A constant from the code without values, so that the number of label values is bounded. */
  readonly operation: string;
}

/** Statements that are sent together, with the operation name for metrics and traces. */
export interface Batch {
  readonly operation: string;
  readonly statements: readonly SqlText[];
}

interface DatabasePoolOptions {
  readonly name: PoolName;
  readonly target: DbTarget;
  readonly size: number;
  readonly idleMs: number;
  readonly metrics: Metrics;
}

/** One request to the server. */
interface RoundTrip {
  readonly operation: string;
  readonly sql: string;
  /** Number of statements of a batch. */
  readonly size?: number;
}

/** Maximum number of waiting callers per connection of a pool. Further callers fail at once, because the pool is overloaded. */
const WAITING_PER_CONNECTION = 16;

/** Connections to one database route, with metrics and traces. */
export class DatabasePool {
  readonly name: PoolName;
  readonly #pool: ConnectionPool<DbConnection>;
  readonly #metrics: Metrics;
  readonly #target: DbTarget;
  readonly #poolAttributes: { readonly 'db.client.connection.pool.name': PoolName };
  /** Consecutive connects that timed out. */
  #timeouts = 0;

  constructor({ name, target, size, idleMs, metrics }: DatabasePoolOptions) {
    this.name = name;
    this.#poolAttributes = { 'db.client.connection.pool.name': name };
    this.#metrics = metrics;
    this.#target = target;
    this.#pool = new ConnectionPool({
      name,
      size,
      maxConnecting: MAX_CONNECTING,
      maxWaiting: size * WAITING_PER_CONNECTION,
      idleMs,
      connect: () => this.#connect(),
    });
  }

  async acquire(options: AcquireOptions): Promise<Lease<DbConnection>> {
    const stop = this.#metrics.poolWait.startTimer({ pool: this.name });
    try {
      const wait = { name: `wait for ${this.name}`, kind: 'internal', attributes: this.#poolAttributes } as const;
      return await inSpan(wait, () => this.#pool.acquire(options));
    } finally {
      stop();
    }
  }

  /** Runs a statement on a borrowed connection. */
  async run(connection: DbConnection, { operation, sql, values }: Statement, timeoutMs: number): Promise<SqlResult> {
    return await this.#measure({ operation, sql }, () => connection.query(sql, values, timeoutMs));
  }

  /** Runs statements in one round trip, which is measured and traced as one operation. */
  async runAll(connection: DbConnection, batch: Batch, timeoutMs: number): Promise<readonly SqlResult[]> {
    const { operation, statements } = batch;
    const sql = statements.map((statement) => statement.sql).join(';\n');
    return await this.#measure({ operation, sql, size: statements.length }, () =>
      connection.queryAll(statements, timeoutMs),
    );
  }

  async #measure<T>({ operation, sql, size }: RoundTrip, work: () => Promise<T>): Promise<T> {
    const stop = this.#metrics.queryDuration.startTimer({ pool: this.name, operation });
    const attributes = {
      ...this.#poolAttributes,
      'db.system.name': 'mysql',
      'db.query.summary': operation,
      // Contains no values, because statements have placeholders.
      'db.query.text': sql,
      ...(size === undefined ? {} : { 'db.operation.batch.size': size }),
    };
    try {
      return await inSpan({ name: operation, attributes }, work);
    } finally {
      stop();
    }
  }

  async #connect(): Promise<DbConnection> {
    const timeoutFactor = 2 ** Math.min(MAX_DOUBLINGS, Math.floor(this.#timeouts / MAX_CONNECTING));
    try {
      const connection = await openDbConnection({ ...this.#target, connectMs: this.#target.connectMs * timeoutFactor });
      this.#timeouts = 0;
      return connection;
    } catch (error) {
      this.#timeouts = error instanceof ConnectTimeout || error instanceof StatementTimeout ? this.#timeouts + 1 : 0;
      throw error;
    }
  }

  clearIdle(): void {
    this.#pool.clearIdle();
  }

  /** See {@link ConnectionPool.renew}. */
  renew(): void {
    this.#pool.renew();
  }

  close(): void {
    this.#pool.close();
  }

  /** Updates the gauges; called at every scrape. */
  observe(): void {
    const { waiting, ...states } = this.#pool.counts;
    for (const [state, count] of Object.entries(states)) {
      this.#metrics.poolConnections.set({ pool: this.name, state }, count);
    }
    this.#metrics.poolWaiting.set({ pool: this.name }, waiting);
  }
}
