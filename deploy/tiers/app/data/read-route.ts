import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../telemetry/metrics.ts';
import { currentTrace } from '../telemetry/request-trace.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { SqlResult } from './db-connection.ts';
import type { DatabasePool, Statement } from './database-pool.ts';
import { UNKNOWN_WRITE } from './gtid.ts';
import { backoffMs, decideRetry, isConnectionSpent, type RetryReason } from './decide-retry.ts';
import { TokenBucket } from './token-bucket.ts';
import { Unavailable } from './unavailable.ts';

interface ReadRouteOptions {
  readonly reads: DatabasePool;
  readonly writes: DatabasePool;
  /** Whether the primary was there when a write last needed it. */
  readonly isPrimaryUp: () => boolean;
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

type Rows = SqlResult['rows'];

/** Failed reads in a row after which the read route is asked by few only, and how often these few try. */
const SUSPECT = { failures: 5, retryMs: 250 } as const;
/** A lost server breaks about a pool of connections at once; beyond that, repeating is load and no help. */
const RETRIES = { burst: 48, perSecond: 10 } as const;

/**
 * Reads from the secondaries, within `readBudgetMs` whatever one server does.
 *
 * The first attempt uses a pooled connection and is cut at `readQueryMs`. It may lead to a server that died without a word, and a new
 * one may be led to the same server until the load balancer has noticed. So the second attempt asks another connection of the
 * read route and the primary at once and takes the first answer: a single lost server is behind one of them only. While the read route
 * as a whole fails, reads begin at the primary.
 */
export class ReadRoute {
  readonly #options: ReadRouteOptions;
  readonly #health = new CircuitBreaker({ ...SUSPECT, now: () => performance.now() });
  readonly #retries = new TokenBucket({ ...RETRIES, now: () => performance.now() });

  constructor(options: ReadRouteOptions) {
    this.#options = options;
  }

  /** Runs a read. Throws {@link Unavailable} when no server answered within the budget. */
  async read(statement: Statement): Promise<Rows> {
    return await this.#readBefore(statement, performance.now() + this.#options.readBudgetMs);
  }

  /**
   * Runs a read that must see the transactions in `gtids`: waits for them on a secondary, then asks the primary; at once for
   * {@link UNKNOWN_WRITE}. A primary that is not reachable must not take reads with it, so the last resort is an answer that may be stale
   * and says so.
   */
  async readOwnWrite(statement: Statement, gtids: string): Promise<ReadResult> {
    const { reads, readBudgetMs, metrics } = this.#options;
    const deadline = performance.now() + readBudgetMs;
    const secondary =
      gtids !== UNKNOWN_WRITE && this.#asksReadRoute()
        ? await this.#tryWaiting(statement, gtids).catch(() => undefined)
        : undefined;
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
    const { writes, isPrimaryUp, readQueryMs, metrics } = this.#options;
    // A pooled connection may lead to a primary that is one no more, so a second attempt uses a new one. Time for a stale answer is left.
    for (const fresh of [false, true]) {
      const leftMs = leftUntil(deadline) - (fresh ? readQueryMs : 0);
      if (!isPrimaryUp() || leftMs <= 1) break;
      try {
        const rows = await this.#attempt(writes, statement, { timeoutMs: Math.min(readQueryMs, leftMs), fresh });
        metrics.ownWriteReads.inc({ result: writes.name });
        return { rows, isStale: false };
      } catch (error) {
        const reason = decideRetry(error);
        if (reason === 'none') throw error;
        currentTrace()?.retry(reason);
      }
    }
    const rows = await this.#readBefore(statement, deadline);
    metrics.ownWriteReads.inc({ result: 'stale' });
    return { rows, isStale: true };
  }

  async #readBefore(statement: Statement, deadline: number): Promise<Rows> {
    const { readQueryMs, metrics } = this.#options;
    let previous: RetryReason = 'none';
    for (let attempt = 0; ; attempt += 1) {
      // With no retry left in the budget there is one more attempt, but it is not cut before the end.
      const isLast = attempt > 0 && !this.#retries.take();
      const timeoutMs = isLast ? leftUntil(deadline) : Math.min(readQueryMs, leftUntil(deadline));
      try {
        // Too few connections are no reason to take more of them.
        const isHedged = attempt > 0 && !isLast && previous !== 'busy';
        return await this.#attemptWhereWell(statement, { timeoutMs, fresh: attempt > 0 }, isHedged);
      } catch (error) {
        const cause = causeOf(error);
        const reason = decideRetry(cause);
        if (reason === 'none') throw cause;
        const pauseMs = attempt === 0 ? 0 : backoffMs(attempt, Math.random);
        if (isLast || leftUntil(deadline) - pauseMs < 20) throw new Unavailable(statement.operation, cause);
        metrics.readRetries.inc({ reason });
        currentTrace()?.retry(reason);
        previous = reason;
        await sleep(pauseMs);
      }
    }
  }

  async #attemptWhereWell(statement: Statement, options: AttemptOptions, isHedged: boolean): Promise<Rows> {
    const { reads, writes, isPrimaryUp } = this.#options;
    if (!isPrimaryUp()) return await this.#attempt(reads, statement, options);
    const primary = { timeoutMs: options.timeoutMs };
    if (!this.#asksReadRoute()) return await this.#attempt(writes, statement, primary);
    if (!isHedged) return await this.#attempt(reads, statement, options);
    return await Promise.any([this.#attempt(reads, statement, options), this.#attempt(writes, statement, primary)]);
  }

  /** Whether the read route is well, or it is time for one read to find out. */
  #asksReadRoute(): boolean {
    return this.#health.allowsCalls || this.#health.tryProbe();
  }

  /** The rows, or `undefined` when the secondary has not got the transactions in time. */
  async #tryWaiting(statement: Statement, gtids: string): Promise<Rows | undefined> {
    const { reads, readQueryMs, ownWriteWaitMs } = this.#options;
    const wait: Statement = {
      operation: 'wait-for-own-write',
      sql: 'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS missing',
      values: [gtids, ownWriteWaitMs / 1000],
    };
    return await this.#borrow(reads, { timeoutMs: readQueryMs }, async (run) => {
      const rows = await run(wait);
      return rows[0]?.['missing'] === 0 ? await run(statement) : undefined;
    });
  }

  #judge(reason: RetryReason): void {
    // An answer, even one that refuses, shows that the route works.
    if (reason === 'none') this.#health.reset();
    else if (reason === 'lost') this.#health.fail();
    // A probe that got no connection has found out nothing; the next one may.
    else if (this.#health.state === 'half-open') this.#health.open();
  }

  async #attempt(pool: DatabasePool, statement: Statement, options: AttemptOptions): Promise<Rows> {
    return await this.#borrow(pool, options, (run) => run(statement));
  }

  /** Runs `work` on a borrowed connection, all within `timeoutMs`, and learns from the outcome. */
  async #borrow<T>(
    pool: DatabasePool,
    { timeoutMs, fresh = false }: AttemptOptions,
    work: (run: (statement: Statement) => Promise<Rows>) => Promise<T>,
  ): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    try {
      const lease = await pool.acquire({ waitMs: timeoutMs, fresh });
      try {
        const result = await work(async (statement) => {
          const { rows } = await pool.run(lease.connection, statement, leftUntil(deadline));
          return rows;
        });
        lease.release();
        if (pool === this.#options.reads) this.#health.reset();
        return result;
      } catch (error) {
        if (isConnectionSpent(decideRetry(error))) lease.destroy();
        else lease.release();
        throw error;
      }
    } catch (error) {
      if (pool === this.#options.reads) this.#judge(decideRetry(error));
      throw error;
    }
  }
}

interface AttemptOptions {
  readonly timeoutMs: number;
  readonly fresh?: boolean;
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
