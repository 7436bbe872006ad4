import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { queryNode } from '../../deploy/observe/db-connection.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { openIdleTransaction, type IdleTransaction } from './idle-transaction.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };

beforeAll(() => waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal }));

const countSchema = z.tuple([z.object({ count: z.coerce.number() })]);

/** Whether the primary has an active transaction in this session. */
async function isOpen({ node, sessionId }: IdleTransaction): Promise<boolean> {
  const host = hostsOf(topology, 'db').find(({ name }) => name === node);
  if (host === undefined) throw new Error(`there is no host ${node}`);
  const sql = `SELECT COUNT(*) AS count FROM performance_schema.events_transactions_current AS t
    JOIN performance_schema.threads AS own USING (THREAD_ID) WHERE t.STATE = 'ACTIVE' AND own.PROCESSLIST_ID = ?`;
  const values = [String(sessionId)];
  const [{ count }] = countSchema.parse(await queryNode(host, { user: 'monitor', sql, values }));
  return count === 1;
}

describe.each([{ reads: false }, { reads: true }])('a transaction (reads: $reads)', ({ reads }) => {
  test('is open on the primary until it is disposed of', async ({ signal }) => {
    const idle = await openIdleTransaction({ topology, reads, mostMs: 60_000, signal });
    expect(await isOpen(idle)).toBe(true);
    await idle[Symbol.asyncDispose]();
    expect(await idle.ended).toMatchObject({ by: 'client', reason: 'disposed of' });
    await waitFor(async () => !(await isOpen(idle)), { what: 'the end of the session', deadlineMs: 5_000, signal });
  });

  test('reports that the database ended it', async ({ signal }) => {
    await using idle = await openIdleTransaction({ topology, reads, mostMs: 60_000, signal });
    const command = ['mysql', '--no-defaults', '--socket=/run/mysqld/mysqld.sock', '-NBe', `KILL ${idle.sessionId}`];
    const killedMs = Date.now();
    expect((await world.hosts.exec(idle.node, command)).code).toBe(0);
    const end = await idle.ended;
    expect(end.by).toBe('stack');
    expect(end.reason).not.toBe('');
    expect(end.atMs - killedMs).toBeLessThan(2_000);
  });
});

test('the client ends its transaction after the given time, and when it is interrupted', async ({ signal }) => {
  const short = await openIdleTransaction({ topology, reads: false, mostMs: 300, signal });
  expect(await short.ended).toMatchObject({ by: 'client', reason: 'held for 0.3 s' });
  const interruption = new AbortController();
  const both = AbortSignal.any([signal, interruption.signal]);
  const interrupted = await openIdleTransaction({ topology, reads: false, mostMs: 60_000, signal: both });
  interruption.abort();
  expect(await interrupted.ended).toMatchObject({ by: 'client', reason: 'interrupted' });
});
