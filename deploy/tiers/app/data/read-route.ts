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
  /** Whether the primary was reachable for the last write. */
  readonly isPrimaryUp: () => boolean;
  readonly readQueryMs: number;
  readonly readBudgetMs: number;
  readonly ownWriteWaitMs: number;
  readonly metrics: Metrics;
}

/** Result of a read, and whether it may miss the session's own last write. */
export interface ReadResult {
  readonly rows: SqlResult['rows'];
  readonly isStale: boolean;
}

type Rows = SqlResult['rows'];

/** Consecutive failed reads that open the circuit of the read route, and the interval of probes while it is open. */
const READ_CIRCUIT = { failures: 5, retryMs: 250 } as const;
/** A lost server breaks about one pool of connections at once. Retries beyond that only add load. */
const RETRIES = { burst: 48, perSecond: 10 } as const;

/**
 * Reads from the secondaries within `readBudgetMs`, even if one server fails.
 *
 * The first attempt uses a pooled connection and is aborted after `readQueryMs`. Its server may have crashed, and a new connection may reach the
 * same server until the load balancer has marked it down. So the second attempt is hedged: it queries a new connection of the read route and the
 * primary at once, and uses the first response. A single lost server is behind only one of them. While the whole read route fails, reads begin
 * at the primary.
 */
export class ReadRoute {
  readonly #options: ReadRouteOptions;
  readonly #health = new CircuitBreaker({ ...READ_CIRCUIT, now: () => performance.now() });
  readonly #retries = new TokenBucket({ ...RETRIES, now: () => performance.now() });

  constructor(options: ReadRouteOptions) {
    this.#options = options;
  }

  /** Runs a read. Throws {@link Unavailable} if no server responds within the budget. */
  async read(statement: Statement): Promise<Rows> {
    return await this.#readBefore(statement, performance.now() + this.#options.readBudgetMs);
  }

  /**
   * Runs a read that must see the transactions in `gtids`. It waits for them on a secondary and then queries the primary; for
   * {@link UNKNOWN_WRITE} it queries the primary at once. Reads must not fail together with the primary, so the last resort is a result that
   * is marked as stale.
   */
  async readOwnWrite(statement: Statement, gtids: string): Promise<ReadResult> {
    const { reads, readBudgetMs, metrics } = this.#options;
    const deadline = performance.now() + readBudgetMs;
    const secondary =
      gtids !== UNKNOWN_WRITE && this.#usesReadRoute()
        ? await this.#tryWaiting(statement, gtids).catch(() => undefined)
        : undefined;
    if (secondary !== undefined) {
      metrics.ownWriteReads.inc({ result: reads.name });
      return { rows: secondary, isStale: false };
    }
    return await this.#primaryBefore(statement, deadline);
  }

  /** Runs a read on the primary, which has every acknowledged write. If it does not respond, the result is marked as stale. */
  async readFromPrimary(statement: Statement): Promise<ReadResult> {
    return await this.#primaryBefore(statement, performance.now() + this.#options.readBudgetMs);
  }

  async #primaryBefore(statement: Statement, deadline: number): Promise<ReadResult> {
    const { writes, isPrimaryUp, readQueryMs, metrics } = this.#options;
    // A pooled connection may lead to a former primary, so the second attempt uses a new one. It leaves time for a stale read.
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
      // Without retry tokens there is one last attempt, which may use the rest of the budget.
      const isLast = attempt > 0 && !this.#retries.take();
      const timeoutMs = isLast ? leftUntil(deadline) : Math.min(readQueryMs, leftUntil(deadline));
      try {
        // If connections are scarce, hedging would make it worse.
        const isHedged = attempt > 0 && !isLast && previous !== 'busy';
        return await this.#attemptOnHealthyRoute(statement, { timeoutMs, fresh: attempt > 0 }, isHedged);
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

  async #attemptOnHealthyRoute(statement: Statement, options: AttemptOptions, isHedged: boolean): Promise<Rows> {
    const { reads, writes, isPrimaryUp } = this.#options;
    if (!isPrimaryUp()) return await this.#attempt(reads, statement, options);
    const primary = { timeoutMs: options.timeoutMs };
    if (!this.#usesReadRoute()) return await this.#attempt(writes, statement, primary);
    if (!isHedged) return await this.#attempt(reads, statement, options);
    return await Promise.any([this.#attempt(reads, statement, options), this.#attempt(writes, statement, primary)]);
  }

  /** Whether the read route is healthy, or this read may probe it. */
  #usesReadRoute(): boolean {
    return this.#health.allowsCalls || this.#health.tryProbe();
  }

  /** The rows, or `undefined` if the secondary does not have the transactions in time. */
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

  #recordFailure(reason: RetryReason): void {
    // An error response of the server shows that the route works.
    if (reason === 'none') this.#health.reset();
    else if (reason === 'lost') this.#health.fail();
    // A probe without a connection has no result; the next one tries again.
    else if (this.#health.state === 'half-open') this.#health.open();
  }

  async #attempt(pool: DatabasePool, statement: Statement, options: AttemptOptions): Promise<Rows> {
    return await this.#borrow(pool, options, (run) => run(statement));
  }

  /** Runs `work` on a borrowed connection within `timeoutMs`, and records the outcome in the circuit breaker. */
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
      if (pool === this.#options.reads) this.#recordFailure(decideRetry(error));
      throw error;
    }
  }
}

interface AttemptOptions {
  readonly timeoutMs: number;
  readonly fresh?: boolean;
}

/** Milliseconds until the deadline, at least 1. */
function leftUntil(deadline: number): number {
  return Math.max(1, deadline - performance.now());
}

/** The cause of a failed hedged attempt: an error that shows that the statement is wrong takes precedence. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const causes: readonly unknown[] = error.errors;
  return causes.find((cause) => decideRetry(cause) === 'none') ?? causes[0];
}
