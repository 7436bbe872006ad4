import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../telemetry/metrics.ts';
import type { DbConnection, SqlResult, SqlText } from './db-connection.ts';
import type { Batch, DatabasePool, Statement } from './database-pool.ts';
import { backoffMs, decideRetry, isConnectionSpent, type RetryReason } from './decide-retry.ts';
import { currentTrace } from '../telemetry/request-trace.ts';
import { Unavailable } from './unavailable.ts';
import { WriteGate, type Admission } from './write-gate.ts';

interface WriteRouteOptions {
  readonly pool: DatabasePool;
  readonly connectMs: number;
  readonly writeQueryMs: number;
  /** How long one statement may wait for a row lock. */
  readonly lockWaitMs: number;
  readonly writeBudgetMs: number;
  readonly metrics: Metrics;
}

/** Runs statements of one transaction. */
export interface Transaction {
  /** One result per statement, all in one round trip. The server stops at the first failed statement. */
  runAll(batch: Batch): Promise<readonly SqlResult[]>;
}

/** The return value of a transaction, and its GTIDs as reported by the server at COMMIT. */
export interface Committed<T> {
  readonly value: T;
  readonly gtids: readonly string[];
}

/** Runs write transactions. */
export interface Transactor {
  transact<T>(operation: string, work: (transaction: Transaction) => Promise<T>): Promise<Committed<T>>;
}

/** Short enough that a write does not wait noticeably longer than the failover, long enough to be cheap. */
const PROBE_INTERVAL_MS = 100;
/** Longer than a write takes on a healthy server. */
const TRIAL_MS = 500;

/** Write transactions on the primary, retried as a whole until they are committed or the budget is used up. */
export class WriteRoute implements Transactor {
  readonly #options: WriteRouteOptions;
  readonly #gate: WriteGate;

  constructor(options: WriteRouteOptions) {
    this.#options = options;
    this.#gate = new WriteGate({ probe: () => this.#probe(), intervalMs: PROBE_INTERVAL_MS, trialMs: TRIAL_MS });
  }

  /** Whether the primary was reachable for the last write. */
  get isPrimaryUp(): boolean {
    return this.#gate.isOpen;
  }

  /**
   * Runs `work` in a transaction. `work` is retried after deadlocks, lost connections and failovers, also if the reply to COMMIT was lost. So it
   * must detect by a unique key that an earlier attempt was committed. Throws {@link Unavailable} when the budget is used up, and the error of
   * `work` if a retry cannot help.
   */
  async transact<T>(operation: string, work: (transaction: Transaction) => Promise<T>): Promise<Committed<T>> {
    const { writeBudgetMs, metrics } = this.#options;
    const deadline = performance.now() + writeBudgetMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const admission = await this.#gate.enter(leftUntil(deadline));
        if (admission === undefined) throw new Unavailable(operation, 'no writable server');
        return await this.#attempt(admission, work, deadline);
      } catch (error) {
        const reason = decideRetry(error);
        if (reason === 'none') throw error;
        if (leftUntil(deadline) <= 1) throw new Unavailable(operation, error);
        metrics.transactionRetries.inc({ reason });
        currentTrace()?.retry(reason);
        await this.#beforeRetry(reason, attempt);
      }
    }
  }

  async #attempt<T>(
    admission: Admission,
    work: (transaction: Transaction) => Promise<T>,
    deadline: number,
  ): Promise<Committed<T>> {
    try {
      const committed = await this.#once(work, deadline);
      admission.settle(true);
      return committed;
    } catch (error) {
      const isSpent = isConnectionSpent(decideRetry(error));
      // There is one primary, so the other open connections lead to the same server.
      if (isSpent) this.#options.pool.clearIdle();
      admission.settle(!isSpent);
      throw error;
    }
  }

  async #beforeRetry(reason: RetryReason, attempt: number): Promise<void> {
    // The gate delays the next attempt.
    if (isConnectionSpent(reason)) return;
    await sleep(backoffMs(attempt, Math.random));
  }

  async #once<T>(work: (transaction: Transaction) => Promise<T>, deadline: number): Promise<Committed<T>> {
    const { pool, writeQueryMs, lockWaitMs } = this.#options;
    const lease = await pool.acquire({ waitMs: Math.min(writeQueryMs, leftUntil(deadline)) });
    // Each statement of a round trip may wait for a row lock. The server's timeout must come first, or a locked row would appear as a lost server.
    const timeoutMs = (statements: number): number =>
      Math.min(writeQueryMs + (statements - 1) * lockWaitMs, leftUntil(deadline));
    // The transaction begins in the round trip of its first statements.
    let begin: readonly SqlText[] = [{ sql: 'START TRANSACTION', values: [] }];
    const runAll = async ({ operation, statements }: Batch): Promise<readonly SqlResult[]> => {
      const batch = { operation, statements: [...begin, ...statements] };
      begin = [];
      const results = await pool.runAll(lease.connection, batch, timeoutMs(statements.length));
      return results.slice(-statements.length);
    };
    try {
      const value = await work({ runAll });
      const commit: Statement = { operation: 'commit', sql: 'COMMIT', values: [] };
      const { gtids } = await pool.run(lease.connection, commit, timeoutMs(1));
      lease.release();
      return { value, gtids };
    } catch (error) {
      if (isConnectionSpent(decideRetry(error)) || !(await this.#rollBack(lease.connection, timeoutMs(1))))
        lease.destroy();
      else lease.release();
      throw error;
    }
  }

  async #rollBack(connection: DbConnection, timeoutMs: number): Promise<boolean> {
    const { pool } = this.#options;
    try {
      await pool.run(connection, { operation: 'rollback', sql: 'ROLLBACK', values: [] }, timeoutMs);
      return true;
    } catch {
      return false;
    }
  }

  /** Opens a new session and checks that its server accepts writes. */
  async #probe(): Promise<void> {
    const { pool, connectMs } = this.#options;
    const lease = await pool.acquire({ waitMs: connectMs, fresh: true });
    try {
      const statement = { operation: 'probe', sql: 'SELECT @@global.super_read_only AS readOnly', values: [] };
      const { rows } = await pool.run(lease.connection, statement, connectMs);
      if (rows[0]?.['readOnly'] !== 0) throw new Error('the server is read-only');
      lease.release();
    } catch (error) {
      lease.destroy();
      throw error;
    }
  }
}

/** Milliseconds until the deadline, at least 1. */
function leftUntil(deadline: number): number {
  return Math.max(1, deadline - performance.now());
}
