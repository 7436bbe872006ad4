import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../telemetry/metrics.ts';
import type { SqlResult } from './db-connection.ts';
import type { DatabasePool, Statement } from './database-pool.ts';
import { backoffMs, decideRetry, isConnectionSpent } from './decide-retry.ts';
import { Unavailable } from './unavailable.ts';

interface ReadRouteOptions {
  readonly reads: DatabasePool;
  readonly writes: DatabasePool;
  readonly readQueryMs: number;
  readonly readBudgetMs: number;
  readonly ownWriteWaitMs: number;
  readonly metrics: Metrics;
}

/** What a read found, and whether it may lack the session's own last write. */
export interface ReadResult {
  readonly rows: SqlResult['rows'];
  readonly isStale: boolean;
}

/**
 * Reads from the secondaries, within `readBudgetMs` whatever one server does.
 *
 * The first attempt uses a pooled connection and is cut at `readQueryMs`. The connection may lead to a server that died without
 * a word, and a new one may be led to the same server until the load balancer has noticed. So the second attempt asks a new
 * connection of the read route and the write route at once and takes the first answer; a single lost server is on one of them only.
 */
export class ReadRoute {
  readonly #options: ReadRouteOptions;

  constructor(options: ReadRouteOptions) {
    this.#options = options;
  }

  /** Runs a read. Throws {@link Unavailable} when no server answered within the budget. */
  async read(statement: Statement): Promise<SqlResult['rows']> {
    return await this.#readBefore(statement, performance.now() + this.#options.readBudgetMs);
  }

  /**
   * Runs a read that must see the transactions in `gtids`: waits for them on a secondary, then asks the primary. A primary that is
   * gone must not take reads with it, so the last resort is an answer that may be stale and says so.
   */
  async readOwnWrite(statement: Statement, gtids: string): Promise<ReadResult> {
    const { reads, readBudgetMs, metrics } = this.#options;
    const deadline = performance.now() + readBudgetMs;
    const secondary = await this.#tryWaiting(statement, gtids).catch(() => undefined);
    if (secondary !== undefined) {
      metrics.ownWriteReads.inc({ result: reads.name });
      return { rows: secondary, isStale: false };
    }
    return await this.#primaryBefore(statement, deadline);
  }

  /** Runs a read where every acknowledged write is; stale, and marked so, when the primary does not answer. */
  async readFromPrimary(statement: Statement): Promise<ReadResult> {
    return await this.#primaryBefore(statement, performance.now() + this.#options.readBudgetMs);
  }

  async #primaryBefore(statement: Statement, deadline: number): Promise<ReadResult> {
    const { writes, readQueryMs, metrics } = this.#options;
    try {
      const rows = await this.#attempt(writes, statement, { timeoutMs: Math.min(readQueryMs, leftUntil(deadline)) });
      metrics.ownWriteReads.inc({ result: writes.name });
      return { rows, isStale: false };
    } catch (error) {
      if (decideRetry(error) === 'none') throw error;
    }
    const rows = await this.#readBefore(statement, deadline);
    metrics.ownWriteReads.inc({ result: 'stale' });
    return { rows, isStale: true };
  }

  async #readBefore(statement: Statement, deadline: number): Promise<SqlResult['rows']> {
    const { reads, writes, readQueryMs, metrics } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      const timeoutMs = Math.min(readQueryMs, leftUntil(deadline));
      try {
        if (attempt === 0) return await this.#attempt(reads, statement, { timeoutMs });
        return await Promise.any([
          this.#attempt(reads, statement, { timeoutMs, fresh: true }),
          this.#attempt(writes, statement, { timeoutMs }),
        ]);
      } catch (error) {
        const reason = reasonOf(error);
        if (reason === 'none') throw causeOf(error);
        metrics.readRetries.inc({ reason });
        const pauseMs = attempt === 0 ? 0 : backoffMs(attempt, Math.random);
        if (leftUntil(deadline) - pauseMs < 20) throw new Unavailable(statement.operation, causeOf(error));
        await sleep(pauseMs);
      }
    }
  }

  /** The rows, or `undefined` when the secondary has not got the transactions in time. */
  async #tryWaiting(statement: Statement, gtids: string): Promise<SqlResult['rows'] | undefined> {
    const { reads, readQueryMs, ownWriteWaitMs } = this.#options;
    const lease = await reads.acquire({ waitMs: readQueryMs });
    try {
      const wait: Statement = {
        operation: 'wait-for-own-write',
        sql: 'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS missing',
        values: [gtids, ownWriteWaitMs / 1000],
      };
      const { rows } = await reads.run(lease.connection, wait, readQueryMs);
      if (rows[0]?.['missing'] !== 0) {
        lease.release();
        return undefined;
      }
      const result = await reads.run(lease.connection, statement, readQueryMs);
      lease.release();
      return result.rows;
    } catch (error) {
      lease.destroy();
      throw error;
    }
  }

  async #attempt(
    pool: DatabasePool,
    statement: Statement,
    { timeoutMs, fresh = false }: { readonly timeoutMs: number; readonly fresh?: boolean },
  ): Promise<SqlResult['rows']> {
    const deadline = performance.now() + timeoutMs;
    const lease = await pool.acquire({ waitMs: timeoutMs, fresh });
    try {
      const { rows } = await pool.run(lease.connection, statement, leftUntil(deadline));
      lease.release();
      return rows;
    } catch (error) {
      if (isConnectionSpent(decideRetry(error))) lease.destroy();
      else lease.release();
      throw error;
    }
  }
}

/** Never below a millisecond: a timer of 0 would be none. */
function leftUntil(deadline: number): number {
  return Math.max(1, deadline - performance.now());
}

/** Of two attempts at once the one that says the statement is wrong counts. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const causes: readonly unknown[] = error.errors;
  return causes.find((cause) => decideRetry(cause) === 'none') ?? causes[0];
}

function reasonOf(error: unknown): ReturnType<typeof decideRetry> {
  return decideRetry(causeOf(error));
}
