import { expect, it } from 'vitest';
import { openHosts } from '../../kit/hosts.ts';
import { renderFiles } from '../../project/render-files.ts';
import { hostsOf, makeTopology } from '../model/topology.ts';
import { findCachePrimary } from '../observe/cache-replication.ts';
import { readDbGroup } from '../observe/db-group.ts';
import { handOverRole } from './hand-over-role.ts';
import { makePlan } from './plan.ts';
import { replacement, roll } from './roll.ts';
import { countStored, failuresOf, longestOf, placeOrders } from './testing.ts';

/** Runs against the deployed stack; leaves it with other primaries. */
const topology = makeTopology();
const context = { topology, hosts: openHosts() };
const { signal } = new AbortController();

async function primaries(): Promise<{ readonly db: string; readonly cache: string }> {
  return { db: (await readDbGroup(topology)).primary ?? 'none', cache: (await findCachePrimary(context)) ?? 'none' };
}

it('a roll moves the roles of primary before it replaces their hosts, and no order fails', async () => {
  const before = await primaries();
  const plan = await makePlan(topology, renderFiles(topology));
  const planned = plan.filter(({ host }) => host.name === before.db || host.name === before.cache);
  expect(planned).toHaveLength(2);
  const lines: string[] = [];
  const orders = await placeOrders(topology);
  const items = planned.map((one) => replacement(one, ['a test']));
  await roll(items, { context, signal, onProgress: (line) => lines.push(line) });
  const placed = await orders.stop();
  const after = await primaries();
  console.log(
    `${placed.length} orders, longest ${longestOf(placed)} ms; ${lines.filter((line) => line.includes('is the primary')).join('; ')}`,
  );
  expect(after.db).not.toBe(before.db);
  expect(after.cache).not.toBe(before.cache);
  expect(lines.filter((line) => line.includes('is the primary of the'))).toHaveLength(2);
  expect(failuresOf(placed)).toEqual([]);
  const host = hostsOf(topology, 'db').find(({ name }) => name === after.db);
  expect(host === undefined ? 0 : await countStored(host, orders.runId)).toBe(placed.length);
});

it('hosts without a role of primary keep their state', async () => {
  const before = await primaries();
  const others = topology.hosts.filter(({ name, enabled }) => enabled && name !== before.db && name !== before.cache);
  const lines: string[] = [];
  for (const host of others) await handOverRole(context, host, { signal, onProgress: (line) => lines.push(line) });
  expect(lines).toEqual([]);
  expect(await primaries()).toEqual(before);
});
