import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Connection } from 'mysql2/promise';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';
import { hostsOf, makeTopology, type Host } from '../model/topology.ts';
import { openNode, queryNode } from '../observe/db-connection.ts';
import { readDbGroup } from '../observe/db-group.ts';
import { redundancyOf } from '../observe/redundancy.ts';
import { switchDatabase } from './switch-database.ts';
import { countStored, failuresOf, longestOf, placeOrders, sampleKills } from './testing.ts';

/** Runs against the deployed stack; leaves it with another primary and full redundancy. */
const topology = makeTopology();
const context = { topology, hosts: openHosts() };
const { signal } = new AbortController();

async function primary(): Promise<Host> {
  const { primary: name } = await readDbGroup(topology);
  const host = hostsOf(topology, 'db').find((one) => one.name === name);
  if (host === undefined) throw new Error('there is no primary');
  return host;
}

/** Switches, and collects the progress. */
async function change(options: { to?: string; serverTimeoutSeconds?: number } = {}) {
  const lines: string[] = [];
  const result = await switchDatabase(context, { ...options, signal, onProgress: (line) => lines.push(line) });
  return { ...result, lines };
}

/** A client with a transaction that is open, and idle. */
async function holdTransaction(node: Host): Promise<Connection> {
  const connection = await openNode(node, { user: 'audit', timeoutMs: 2_000 });
  connection.on('error', () => undefined);
  await connection.query('START TRANSACTION');
  return connection;
}

afterEach(async () => {
  await waitFor(
    async () => {
      const seen = await Promise.all(
        redundancyOf(topology, 'db').map(async (one) => (await one.observe(context)).seen),
      );
      return seen.every(Boolean);
    },
    { what: 'full redundancy of the database', deadlineMs: 60_000 },
  );
});

it('a switch under orders, while a client holds an idle transaction, fails and loses no order', async () => {
  const from = await primary();
  const held = await holdTransaction(from);
  const orders = await placeOrders(topology);
  await sleep(1_000);
  const result = await change();
  await sleep(2_000);
  const placed = await orders.stop();
  held.destroy();
  const after = await primary();
  console.log(`switch: ${result.tookMs} ms; ${placed.length} orders, longest ${longestOf(placed)} ms`);
  expect(result).toMatchObject({ from: from.name, to: after.name, endedTransactions: 1 });
  expect(after.name).not.toBe(from.name);
  expect(placed.length).toBeGreaterThan(50);
  expect(failuresOf(placed)).toEqual([]);
  expect(await countStored(after, orders.runId)).toBe(placed.length);
});

it('with the timeout of the server instead, orders wait for the idle transaction', async () => {
  const held = await holdTransaction(await primary());
  const orders = await placeOrders(topology);
  await sleep(1_000);
  await change({ serverTimeoutSeconds: 3 });
  await sleep(1_000);
  const placed = await orders.stop();
  held.destroy();
  console.log(`with a timeout: longest order ${longestOf(placed)} ms`);
  expect(longestOf(placed)).toBeGreaterThan(2_000);
});

it('a transaction that executes statements is not ended: the switch is refused, and nothing has changed', async () => {
  const from = await primary();
  const busy = await holdTransaction(from);
  // The client library does not reject the statements of a destroyed connection.
  void busy.query('SELECT SLEEP(60)').catch(() => undefined);
  await expect(change()).rejects.toThrow(/session \d+ of audit has had an open transaction for 10 s/);
  expect((await primary()).name).toBe(from.name);
  busy.destroy();
  const sql = `SELECT id FROM performance_schema.processlist WHERE info = 'SELECT SLEEP(60)'`;
  const rows = z.array(z.object({ id: z.number() })).parse(await queryNode(from, { user: 'monitor', sql }));
  for (const { id } of rows) await queryNode(from, { user: 'operator', sql: `KILL ${id}` });
});

it('the current primary as the target changes nothing, and a host that is no secondary is refused', async () => {
  const { name } = await primary();
  expect(await change({ to: name })).toEqual({ from: name, to: name, tookMs: 0, endedTransactions: 0, lines: [] });
  await expect(change({ to: 'db9' })).rejects.toThrow('db9 is not an ONLINE secondary');
});

it('a call whose client was killed is completed by the next switch', async () => {
  const from = await primary();
  const target = hostsOf(topology, 'db').find(({ name }) => name !== from.name) ?? from;
  const to = target.name;
  const rows = await queryNode(target, { user: 'monitor', sql: 'SELECT @@server_uuid AS id' });
  const id = z.array(z.object({ id: z.string() })).parse(rows)[0]?.id ?? '';
  const held = await holdTransaction(from);
  const killed = await openNode(from, { user: 'operator', timeoutMs: 2_000 });
  killed.on('error', () => undefined);
  void killed.query('SELECT group_replication_set_as_primary(?)', [id]).catch(() => undefined);
  await waitFor(
    async () => {
      const sql = "SELECT 1 FROM performance_schema.threads WHERE PROCESSLIST_STATE LIKE 'Primary Switch:%'";
      return (await queryNode(from, { user: 'operator', sql })).length > 0;
    },
    { what: 'the call', deadlineMs: 5_000 },
  );
  killed.destroy();
  const result = await change({ to });
  expect(result).toMatchObject({ from: to, to, lines: [`${from.name}: waiting for the end of an earlier switch`] });
  held.destroy();
  expect((await primary()).name).toBe(to);
  expect((await change()).from).toBe(to);
});

it('a process that is killed at any time leaves one primary, and the next switch works', async () => {
  const script = `
    import { makeTopology } from './deploy/model/topology.ts';
    import { openHosts } from './kit/hosts.ts';
    import { switchDatabase } from './deploy/change/switch-database.ts';
    const { signal } = new AbortController();
    const onProgress = (line) => console.log(line);
    await switchDatabase({ topology: makeTopology(), hosts: openHosts() }, { signal, onProgress });`;
  const orders = await placeOrders(topology);
  const outcomes: string[] = [];
  for (const afterMs of sampleKills([20, 0, 5, 60, 150], 1)) {
    const before = await primary();
    const child = execa('node', ['--input-type=module', '--eval', script], { cwd: ROOT, reject: false, buffer: false });
    // From the line that announces the call.
    for await (const line of child) if (line.includes('moves from')) break;
    await sleep(afterMs);
    child.kill('SIGKILL');
    await child;
    const after = await waitFor(primary, { what: 'a primary', deadlineMs: 10_000 });
    outcomes.push(`${afterMs} ms: ${before.name} → ${after.name}`);
    const next = await change();
    expect(next.to).not.toBe(next.from);
  }
  const placed = await orders.stop();
  console.log(`killed ${outcomes.join('; ')}; ${placed.length} orders, longest ${longestOf(placed)} ms`);
  expect(failuresOf(placed)).toEqual([]);
  expect(await countStored(await primary(), orders.runId)).toBe(placed.length);
});
