import { expect, it } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';

/** Runs against the deployed stack; leaves it with another primary and everything ONLINE. */
const topology = makeTopology();
const balancers = hostsOf(topology, 'lb');
const nodes = hostsOf(topology, 'db').map((host) => host.name);
const hosts = openHosts();

/** Samples of one agent without labels, and the node of those that are 1. */
async function scrape(balancer: (typeof balancers)[number]): Promise<ReadonlyMap<string, string>> {
  const url = `http://${addressOn(balancer, 'ops')}:${PORTS.roleAgentMetrics}/metrics`;
  const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
  const samples = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name = '', node, value = ''] = /^(\w+)(?:\{node="(\w+)"\})? (\S+)$/.exec(line) ?? [];
    if (node === undefined) samples.set(name, value);
    else if (value === '1') samples.set(name, node);
  }
  return samples;
}

/** Waits for a complete group and one writer on both agents; returns the writer. */
async function writerOfAll(deadlineMs: number): Promise<string> {
  return waitFor(
    async () => {
      const all = await Promise.all(balancers.map(scrape));
      const isComplete = all.every(
        (samples) =>
          samples.get('holdfast_db_group_members_online') === String(nodes.length) &&
          samples.get('holdfast_db_readers') === String(nodes.length - 1),
      );
      const writers = new Set(all.map((samples) => samples.get('holdfast_db_writer')));
      return isComplete && writers.size === 1 && [...writers][0];
    },
    { what: 'a complete group and one writer', deadlineMs: deadlineMs },
  );
}

async function sql(node: string, statement: string): Promise<string> {
  const command = ['mysql', '--no-defaults', '--socket=/run/mysqld/mysqld.sock', '-NBe', statement];
  const result = await hosts.exec(node, command);
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

it('both agents report the same writer, and only that node accepts writes', async () => {
  const writer = await writerOfAll(60_000);
  for (const node of nodes) {
    expect(await sql(node, 'SELECT @@super_read_only')).toBe(node === writer ? '0' : '1');
  }
});

/** The number of successful or failed route pushes of each load balancer. */
async function countPushes(result: 'done' | 'failed'): Promise<readonly number[]> {
  return Promise.all(
    balancers.map(async (balancer) => {
      const url = `http://${addressOn(balancer, 'ops')}:${PORTS.roleAgentMetrics}/metrics`;
      const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
      return Number(
        new RegExp(`^holdfast_db_route_updates_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)?.[1],
      );
    }),
  );
}

it('after a planned change of the primary both agents follow, and push the routes to HAProxy without a failure', async () => {
  const before = await writerOfAll(60_000);
  const [done, failed] = [await countPushes('done'), await countPushes('failed')];
  const next = nodes.find((node) => node !== before) ?? '';
  await sql(before, `SELECT group_replication_set_as_primary('${await sql(next, 'SELECT @@server_uuid')}')`);
  const after = await waitFor(async () => (await writerOfAll(5_000)) === next && next, {
    what: `writes at ${next}`,
    deadlineMs: 15_000,
  });
  expect(after).toBe(next);
  expect(await countPushes('failed')).toEqual(failed);
  for (const [index, count] of (await countPushes('done')).entries()) expect(count).toBeGreaterThan(done[index] ?? NaN);
});

it('a secondary that left the group rejoins', async () => {
  const writer = await writerOfAll(60_000);
  const secondary = nodes.find((node) => node !== writer) ?? '';
  await sql(secondary, 'STOP GROUP_REPLICATION');
  expect(await writerOfAll(60_000)).toBe(writer);
});

it('every remote account requires TLS, and root can log in only from the host itself', async () => {
  const [node = ''] = nodes;
  const open = "SELECT user, host FROM mysql.user WHERE ssl_type = '' AND host <> 'localhost'";
  expect(await sql(node, open)).toBe('');
  expect(await sql(node, "SELECT host, plugin FROM mysql.user WHERE user = 'root'")).toBe('localhost\tauth_socket');
});
