import { startFairTimer } from './fair-timer.ts';

/** What the pool needs to know of a connection; `onClosed` is called once when the far side or an error closed it. */
export interface PooledConnection {
  readonly isClosed: boolean;
  destroy(): void;
  onClosed(listener: () => void): void;
}

interface PoolOptions<C> {
  readonly name: string;
  readonly size: number;
  /** Connections that may be opened at once: handshakes that starve each other all come too late. */
  readonly maxConnecting: number;
  /** Callers that may wait for a connection at once. */
  readonly maxWaiting: number;
  /** Idle connections are closed after this. */
  readonly idleMs: number;
  /** Opens one connection, with a deadline of its own over the whole handshake. */
  readonly connect: () => Promise<C>;
}

export interface AcquireOptions {
  /** How long to wait for a connection, connecting included. */
  readonly waitMs: number;
  /** Not an idle one, which may lead to a server that is gone: a new one, or one that another caller has just used with success. */
  readonly fresh?: boolean;
}

/** Thrown when no connection came in time or too many wait already. */
export class PoolError extends Error {
  readonly code: 'POOL_TIMEOUT' | 'POOL_FULL' | 'POOL_CLOSED';

  constructor(code: PoolError['code'], message: string) {
    super(message);
    this.name = 'PoolError';
    this.code = code;
  }
}

/** A borrowed connection: give it back with `release`, or `destroy` it when it cannot be trusted any more. */
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
 * A pool whose every wait has an end. mysql2's own pool lets callers queue for ever and cannot be asked for a connection that
 * is new, which is what a read needs after a server hung.
 */
export class ConnectionPool<C extends PooledConnection> {
  readonly #options: PoolOptions<C>;
  #idle: Idle<C>[] = [];
  readonly #waiting = new Set<Waiter<C>>();
  #busy = 0;
  #connecting = 0;
  #closed = false;
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

  /** Closes what is idle: after the far side failed, nothing that was open before is to be believed. */
  clearIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const { connection } of idle) connection.destroy();
  }

  /** Refuses new callers, fails waiting ones, closes idle connections; borrowed ones are closed when they come back. */
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

  /** Opens connections while somebody waits for one that is not on its way yet. */
  #connectForWaiters(): void {
    while (
      !this.#closed &&
      this.#connecting < Math.min(this.#waiting.size, this.#options.maxConnecting) &&
      this.#open < this.#options.size
    ) {
      this.#connecting += 1;
      this.#options.connect().then(
        (connection) => {
          this.#connecting -= 1;
          this.#adopt(connection);
        },
        (error: unknown) => {
          this.#connecting -= 1;
          // One failed attempt fails one caller: he decides whether to try again.
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
    if (this.#closed) connection.destroy();
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

  /** The one used last: the others may then grow old and be closed. */
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
