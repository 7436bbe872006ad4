import { expect, it, vi } from 'vitest';
import { makeMetrics } from '../telemetry/metrics.ts';
import type { DatabasePool, Statement } from './database-pool.ts';
import { UNKNOWN_WRITE } from './gtid.ts';
import { ReadRoute } from './read-route.ts';
import { Unavailable } from './unavailable.ts';

const STATEMENT: Statement = { operation: 'orders', sql: 'SELECT 1', values: [] };
const GTIDS = '3e11fa47-71ca-11e1-9e33-c80aa9429562:5';
const lost = (): Error => Object.assign(new Error('gone'), { code: 'ECONNRESET' });

/** A pool in which each statement returns or throws the result of `answer`. */
function makePool(name: 'db-read' | 'db-write', answer: (statement: Statement, fresh: boolean) => unknown) {
  const acquire = vi.fn(({ fresh = false }: { readonly fresh?: boolean }) =>
    Promise.resolve({ connection: { fresh }, release: () => undefined, destroy: () => undefined }),
  );
  const run = async (connection: { readonly fresh: boolean }, statement: Statement): Promise<unknown> =>
    Promise.resolve({ rows: [await answer(statement, connection.fresh)] });
  return { acquire, pool: { name, acquire, run } as unknown as DatabasePool };
}

/** A secondary that has or misses the write. Its rows contain the name of the node. */
const secondary = (isMissing: boolean) =>
  makePool('db-read', ({ operation }) =>
    operation === 'wait-for-own-write' ? { missing: isMissing ? 1 : 0 } : { from: 'secondary' },
  );
const primary = (answer: (fresh: boolean) => unknown = () => ({ from: 'primary' })) =>
  makePool('db-write', (_statement, fresh) => answer(fresh));
const fails = (error: () => Error) => (): never => {
  throw error();
};

function makeRoute(reads: DatabasePool, writes: DatabasePool, isPrimaryUp: () => boolean = () => true): ReadRoute {
  const times = { readQueryMs: 100, readBudgetMs: 300, ownWriteWaitMs: 20 };
  return new ReadRoute({ reads, writes, isPrimaryUp, ...times, metrics: makeMetrics('test') });
}

it('a session reads its own write on a secondary that has it', async () => {
  const other = primary();
  const result = await makeRoute(secondary(false).pool, other.pool).readOwnWrite(STATEMENT, GTIDS);
  expect(result).toEqual({ rows: [{ from: 'secondary' }], isStale: false });
  expect(other.acquire).not.toHaveBeenCalled();
});

it.each([
  ['does not have it', secondary(true)],
  ['is lost', makePool('db-read', fails(lost))],
])('a session reads its own write on the primary when the secondary %s', async (_what, reads) => {
  const result = await makeRoute(reads.pool, primary().pool).readOwnWrite(STATEMENT, GTIDS);
  expect(result).toEqual({ rows: [{ from: 'primary' }], isStale: false });
});

it('an unknown write is read from the primary at once', async () => {
  const reads = secondary(false);
  const result = await makeRoute(reads.pool, primary().pool).readOwnWrite(STATEMENT, UNKNOWN_WRITE);
  expect(result).toEqual({ rows: [{ from: 'primary' }], isStale: false });
  expect(reads.acquire).not.toHaveBeenCalled();
});

it('retries on a new connection after a connection to the former primary fails, instead of a stale read', async () => {
  const writes = primary((fresh) => {
    if (!fresh) throw lost();
    return { from: 'primary' };
  });
  const result = await makeRoute(secondary(true).pool, writes.pool).readOwnWrite(STATEMENT, GTIDS);
  expect(result).toEqual({ rows: [{ from: 'primary' }], isStale: false });
});

it.each([
  ['is known to be down', primary(), () => false],
  ['does not answer', primary(fails(lost)), () => true],
])('returns a stale result, marked as such, only if the primary %s', async (_what, writes, isPrimaryUp) => {
  const result = await makeRoute(secondary(true).pool, writes.pool, isPrimaryUp).readOwnWrite(STATEMENT, GTIDS);
  expect(result).toEqual({ rows: [{ from: 'secondary' }], isStale: true });
});

it('does not retry a wrong statement', async () => {
  const wrong = (): Error => Object.assign(new Error('no such column'), { errno: 1054 });
  const writes = primary(fails(wrong));
  const route = makeRoute(secondary(true).pool, writes.pool);
  await expect(route.readOwnWrite(STATEMENT, GTIDS)).rejects.toThrow('no such column');
  expect(writes.acquire).toHaveBeenCalledOnce();
});

it('throws Unavailable if no server responds', async () => {
  const route = makeRoute(makePool('db-read', fails(lost)).pool, primary(fails(lost)).pool);
  await expect(route.readOwnWrite(STATEMENT, GTIDS)).rejects.toBeInstanceOf(Unavailable);
});
