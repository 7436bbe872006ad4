import { startFairTimer } from './fair-timer.ts';

/** A connection for the pool. It calls the `onClosed` listeners once when the remote side or an error has closed it. */
export interface PooledConnection {
  readonly isClosed: boolean;
  destroy(): void;
  onClosed(listener: () => void): void;
}

interface PoolOptions<C> {
  readonly name: string;
  readonly size: number;
  /** Maximum number of concurrent connects: too many handshakes at once all time out. */
  readonly maxConnecting: number;
  /** Maximum number of waiting callers. */
  readonly maxWaiting: number;
  /** Idle connections are closed after this time. */
  readonly idleMs: number;
  /** Opens one connection, with its own deadline for the whole handshake. */
  readonly connect: () => Promise<C>;
}

export interface AcquireOptions {
  /** How long to wait for a connection, including the connect. */
  readonly waitMs: number;
  /** Require a new connection, or one that another caller has just returned. An idle one may lead to a server that is down. */
  readonly fresh?: boolean;
}

/** Thrown if there is no connection in time, too many callers wait already, or the pool is closed. */
export class PoolError extends Error {
  readonly code: 'POOL_TIMEOUT' | 'POOL_FULL' | 'POOL_CLOSED';

  constructor(code: PoolError['code'], message: string) {
    super(message);
    this.name = 'PoolError';
    this.code = code;
  }
}

/** A borrowed connection: return it with `release`, or `destroy` it if it may be broken. */
export interface Lease<C> {
  readonly connection: C;
  release(): void;
  destroy(): void;
}

interface Waiter<C> {
  readonly take: (lease: Lease<C>) => void;
  readonly fail: (error: unknown) => void;
}

interface Idle<C> {
  readonly connection: C;
  readonly since: number;
}

/**
 * A connection pool with a timeout for every wait. mysql2's own pool lets callers wait forever. It also cannot provide a new connection on
 * demand, which a read needs after a server hung.
 */
export class ConnectionPool<C extends PooledConnection> {
  readonly #options: PoolOptions<C>;
  #idle: Idle<C>[] = [];
  readonly #waiting = new Set<Waiter<C>>();
  #busy = 0;
  #connecting = 0;
  #closed = false;
  #generation = 0;
  /** Generation of each connection, set when its connect began. */
  readonly #generations = new WeakMap<C, number>();
  #reaper: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions<C>) {
    this.#options = options;
  }

  /** Connections by state, for metrics. */
  get counts(): Readonly<Record<'idle' | 'busy' | 'connecting', number>> & { readonly waiting: number } {
    return { idle: this.#idle.length, busy: this.#busy, connecting: this.#connecting, waiting: this.#waiting.size };
  }

  async acquire({ waitMs, fresh = false }: AcquireOptions): Promise<Lease<C>> {
    if (this.#closed) throw new PoolError('POOL_CLOSED', `the pool ${this.#options.name} is closed`);
    const idle = fresh ? undefined : this.#popIdle();
    if (idle !== undefined) return this.#lend(idle);
    if (fresh && this.#open >= this.#options.size) this.#popIdle()?.destroy();
    if (this.#waiting.size >= this.#options.maxWaiting) {
      throw new PoolError('POOL_FULL', `${this.#waiting.size} wait for a connection of ${this.#options.name} already`);
    }
    return await this.#wait(waitMs);
  }

  /** Closes idle connections: after a failure of the server, all of them may be broken. */
  clearIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const { connection } of idle) connection.destroy();
  }

  /** Replaces all connections without disturbing their callers: idle ones are closed now, borrowed ones when they are returned. */
  renew(): void {
    this.#generation += 1;
    this.clearIdle();
  }

  /** Rejects new and waiting callers and closes idle connections. Borrowed ones are closed when they are returned. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#reaper);
    for (const waiter of [...this.#waiting]) waiter.fail(new PoolError('POOL_CLOSED', 'the pool was closed'));
    this.clearIdle();
  }

  get #open(): number {
    return this.#idle.length + this.#busy + this.#connecting;
  }

  #wait(waitMs: number): Promise<Lease<C>> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        timer.cancel();
        this.#waiting.delete(waiter);
      };
      const waiter: Waiter<C> = {
        take: (lease) => {
          settle();
          resolve(lease);
        },
        fail: (error) => {
          settle();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const timer = startFairTimer(waitMs, () => {
        waiter.fail(
          new PoolError('POOL_TIMEOUT', `no connection of ${this.#options.name} within ${Math.round(waitMs)} ms`),
        );
      });
      this.#waiting.add(waiter);
      this.#connectForWaiters();
    });
  }

  /** Opens connections until there is a pending connect for every waiting caller, within the limits. */
  #connectForWaiters(): void {
    while (
      !this.#closed &&
      this.#connecting < Math.min(this.#waiting.size, this.#options.maxConnecting) &&
      this.#open < this.#options.size
    ) {
      this.#connecting += 1;
      const generation = this.#generation;
      this.#options.connect().then(
        (connection) => {
          this.#connecting -= 1;
          this.#generations.set(connection, generation);
          this.#adopt(connection);
        },
        (error: unknown) => {
          this.#connecting -= 1;
          // One failed connect fails one caller, which decides whether to retry.
          this.#firstWaiter()?.fail(error);
          this.#connectForWaiters();
        },
      );
    }
  }

  #adopt(connection: C): void {
    connection.onClosed(() => {
      this.#idle = this.#idle.filter((idle) => idle.connection !== connection);
    });
    this.#handOver(connection);
  }

  #handOver(connection: C): void {
    if (this.#closed || this.#generations.get(connection) !== this.#generation) connection.destroy();
    if (connection.isClosed) {
      this.#connectForWaiters();
      return;
    }
    const waiter = this.#firstWaiter();
    if (waiter !== undefined) {
      waiter.take(this.#lend(connection));
      return;
    }
    this.#idle.push({ connection, since: performance.now() });
    this.#armReaper();
  }

  #lend(connection: C): Lease<C> {
    this.#busy += 1;
    let returned = false;
    const giveBack = (isGood: boolean): void => {
      if (returned) return;
      returned = true;
      this.#busy -= 1;
      if (!isGood) connection.destroy();
      this.#handOver(connection);
    };
    return {
      connection,
      release: () => {
        giveBack(true);
      },
      destroy: () => {
        giveBack(false);
      },
    };
  }

  #firstWaiter(): Waiter<C> | undefined {
    return this.#waiting.values().next().value;
  }

  /** The most recently used connection, so that the others can become idle and be closed. */
  #popIdle(): C | undefined {
    let idle = this.#idle.pop();
    while (idle?.connection.isClosed === true) idle = this.#idle.pop();
    return idle?.connection;
  }

  #armReaper(): void {
    if (this.#reaper !== undefined) return;
    this.#reaper = setTimeout(() => {
      this.#reaper = undefined;
      const oldest = performance.now() - this.#options.idleMs;
      const expired = this.#idle.filter(({ since }) => since <= oldest);
      this.#idle = this.#idle.filter(({ since }) => since > oldest);
      for (const { connection } of expired) connection.destroy();
      if (this.#idle.length > 0) this.#armReaper();
    }, this.#options.idleMs / 2).unref();
  }
}
