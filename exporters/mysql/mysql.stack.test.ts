import { afterAll, expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { failedCollectors, probe as probeModule, type Samples } from '../testing.ts';

const topology = makeTopology();
const hosts = openHosts();
const databases = hostsOf(topology, 'db').map(({ name }) => name);
const probe = (target: string, timeoutSeconds?: string): Promise<Samples> =>
  probeModule('mysql', target, timeoutSeconds);

afterAll(async () => {
  for (const name of databases) await hosts.unpause(name);
});

it.each(databases)('%s is up, and every collector finds what it asks for', async (name) => {
  const samples = await probe(name);
  expect(samples.get('mysql_up')).toBe(1);
  expect(failedCollectors(samples)).toEqual([]);
  expect(samples.get('mysql_group_replication_members')).toBe(databases.length);
  expect(samples.get('mysql_group_replication_quorum_margin')).toBe(1);
  expect(samples.get('mysql_global_status_commands_total{command="select"}')).toBeGreaterThan(0);
});

it('all nodes name the same primary, and it alone can be written to', async () => {
  const views = await Promise.all(databases.map((name) => probe(name)));
  const primaries = databases.filter(
    (name) => views[0]?.get(`mysql_group_replication_member_primary{member="${name}"}`) === 1,
  );
  expect(primaries).toHaveLength(1);
  for (const [index, name] of databases.entries()) {
    const primary = `mysql_group_replication_member_primary{member="${primaries[0] ?? ''}"}`;
    expect(views[index]?.get(primary), name).toBe(1);
    expect(views[index]?.get('mysql_global_variables_super_read_only'), name).toBe(primaries.includes(name) ? 0 : 1);
  }
});

it('a frozen node is told as down in time, and as up when it goes on', async () => {
  const views = await probe(databases[0] ?? '');
  const secondary =
    databases.find((name) => views.get(`mysql_group_replication_member_primary{member="${name}"}`) === 0) ?? '';
  await probe(secondary);
  await hosts.pause(secondary);
  const frozen = await probe(secondary, '1').finally(() => hosts.unpause(secondary));
  expect(frozen.get('mysql_up')).toBe(0);
  await waitFor(async () => (await probe(secondary)).get('mysql_up') === 1, {
    what: 'the node up again',
    deadlineMs: 30_000,
  });
});
