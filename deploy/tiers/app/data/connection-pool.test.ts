import { expect, it } from 'vitest';
import { ConnectionPool, type PooledConnection } from './connection-pool.ts';

class FakeConnection implements PooledConnection {
  isClosed = false;
  #listener: () => void = () => undefined;

  onClosed(listener: () => void): void {
    this.#listener = listener;
  }

  destroy(): void {
    this.isClosed = true;
  }

  /** The remote side closes. */
  closeRemotely(): void {
    this.isClosed = true;
    this.#listener();
  }
}

interface FakeServer {
  readonly pool: ConnectionPool<FakeConnection>;
  readonly opened: FakeConnection[];
  connect: () => Promise<FakeConnection>;
}

function makePool(
  limits: { readonly size?: number; readonly maxWaiting?: number; readonly idleMs?: number } = {},
): FakeServer {
  const opened: FakeConnection[] = [];
  const server: FakeServer = {
    opened,
    connect: () => {
      const connection = new FakeConnection();
      opened.push(connection);
      return Promise.resolve(connection);
    },
    pool: new ConnectionPool({
      name: 'test',
      size: 2,
      maxConnecting: 2,
      maxWaiting: 2,
      idleMs: 60_000,
      ...limits,
      connect: () => server.connect(),
    }),
  };
  return server;
}

it('reuses a released connection', async () => {
  const { pool, opened } = makePool();
  (await pool.acquire({ waitMs: 100 })).release();
  (await pool.acquire({ waitMs: 100 })).release();
  expect(opened).toHaveLength(1);
  expect(pool.counts).toEqual({ idle: 1, busy: 0, connecting: 0, waiting: 0 });
});

it('opens a new connection for a caller that requires a fresh one, within its size', async () => {
  const { pool, opened } = makePool({ size: 1 });
  (await pool.acquire({ waitMs: 100 })).release();
  const lease = await pool.acquire({ waitMs: 100, fresh: true });
  expect(lease.connection).toBe(opened[1]);
  expect(opened[0]?.isClosed).toBe(true);
});

it('never lends a connection that was destroyed or closed by the remote side', async () => {
  const { pool, opened } = makePool();
  (await pool.acquire({ waitMs: 100 })).destroy();
  (await pool.acquire({ waitMs: 100 })).release();
  opened[1]?.closeRemotely();
  expect(pool.counts.idle).toBe(0);
  expect((await pool.acquire({ waitMs: 100 })).connection).toBe(opened[2]);
});

it('gives a released connection to the caller that has waited longest', async () => {
  const { pool } = makePool({ size: 1 });
  const first = await pool.acquire({ waitMs: 100 });
  const order: string[] = [];
  const second = pool.acquire({ waitMs: 1_000 }).then((lease) => {
    order.push('second');
    lease.release();
  });
  const third = pool.acquire({ waitMs: 1_000 }).then(() => order.push('third'));
  first.release();
  await Promise.all([second, third]);
  expect(order).toEqual(['second', 'third']);
});

it('limits the waiting time and the number of waiting callers', async () => {
  const { pool } = makePool({ size: 1, maxWaiting: 1 });
  await pool.acquire({ waitMs: 100 });
  const waiting = pool.acquire({ waitMs: 30 });
  await expect(pool.acquire({ waitMs: 30 })).rejects.toMatchObject({ code: 'POOL_FULL' });
  await expect(waiting).rejects.toMatchObject({ code: 'POOL_TIMEOUT' });
  expect(pool.counts).toEqual({ idle: 0, busy: 1, connecting: 0, waiting: 0 });
});

it('fails only one caller per failed connect', async () => {
  const server = makePool({ size: 1 });
  const { connect } = server;
  server.connect = () => {
    server.connect = connect;
    return Promise.reject(new Error('refused'));
  };
  const [first, second] = await Promise.allSettled([
    server.pool.acquire({ waitMs: 1_000 }),
    server.pool.acquire({ waitMs: 1_000 }),
  ]);
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
});

it('counts a lease once, even if it is returned several times', async () => {
  const { pool } = makePool();
  const lease = await pool.acquire({ waitMs: 100 });
  lease.release();
  lease.destroy();
  lease.release();
  expect(pool.counts).toMatchObject({ idle: 1, busy: 0 });
});

it('closes: waiting callers fail, idle connections close, borrowed ones close when they are returned', async () => {
  const { pool, opened } = makePool({ size: 1 });
  const lease = await pool.acquire({ waitMs: 100 });
  const waiting = pool.acquire({ waitMs: 1_000 });
  pool.close();
  await expect(waiting).rejects.toMatchObject({ code: 'POOL_CLOSED' });
  lease.release();
  expect(opened[0]?.isClosed).toBe(true);
  await expect(pool.acquire({ waitMs: 10 })).rejects.toMatchObject({ code: 'POOL_CLOSED' });
});

it('renews idle connections at once, and borrowed ones when they are returned', async () => {
  const { pool, opened } = makePool();
  const borrowed = await pool.acquire({ waitMs: 100 });
  (await pool.acquire({ waitMs: 100 })).release();
  pool.renew();
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([false, true]);
  borrowed.release();
  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  expect(pool.counts).toEqual({ idle: 0, busy: 0, connecting: 0, waiting: 0 });
  expect((await pool.acquire({ waitMs: 100 })).connection).toBe(opened[2]);
});

it('replaces a connection whose connect began before the renewal, and its caller gets the new one', async () => {
  const { pool, opened } = makePool({ size: 1 });
  const lease = pool.acquire({ waitMs: 100 });
  pool.renew();
  expect((await lease).connection).toBe(opened[1]);
  expect(opened[0]?.isClosed).toBe(true);
  (await lease).release();
  expect(pool.counts.idle).toBe(1);
});
