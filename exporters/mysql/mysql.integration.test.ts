import { afterAll, expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { failedCollectors, probe as probeModule, type Samples } from '../testing.ts';

const topology = makeTopology();
const hosts = openHosts();
const databases = hostsOf(topology, 'db').map(({ name }) => name);
const probe = (target: string, timeoutSeconds?: string): Promise<Samples> =>
  probeModule('mysql', target, timeoutSeconds);

async function sql(node: string, statements: string): Promise<string> {
  const { code, stdout, stderr } = await hosts.exec(
    node,
    ['mysql', '--socket=/run/mysqld/mysqld.sock', '-Ne', statements],
    {
      timeoutMs: 30_000,
    },
  );
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

afterAll(async () => {
  for (const name of databases) await hosts.unpause(name);
});

it.each(databases)('%s is up, and all collectors succeed', async (name) => {
  const samples = await probe(name);
  expect(samples.get('mysql_up')).toBe(1);
  expect(failedCollectors(samples)).toEqual([]);
  expect(samples.get('mysql_group_replication_members')).toBe(databases.length);
  expect(samples.get('mysql_group_replication_quorum_margin')).toBe(1);
  expect(samples.get('mysql_global_status_commands_total{command="select"}')).toBeGreaterThan(0);
  expect(samples.has('mysql_global_status_commands_total{command="create_table"}')).toBe(true);
});

it.each(databases)('%s exposes sizes and statement statistics without statement texts', async (name) => {
  const samples = await probeModule('mysql-detail', name);
  expect(samples.get('mysql_detail_up')).toBe(1);
  expect(failedCollectors(samples)).toEqual([]);
  expect(samples.get('mysql_info_schema_schema_file_size_bytes{schema="shop"}')).toBeGreaterThan(1_000_000);
  const statements = [...samples.keys()].filter((series) =>
    series.startsWith('mysql_perf_schema_events_statements_total{'),
  );
  expect(statements.length).toBeGreaterThan(0);
  expect(statements.length).toBeLessThanOrEqual(20);
  for (const series of statements) expect(series).toMatch(/\{schema="\w+",digest="[0-9a-f]{64}"\}$/);
});

it('the apply lag of a blocked member grows with time, and returns to 0', async () => {
  const views = await probe(databases[0] ?? '');
  const isPrimary = (name: string): boolean =>
    views.get(`mysql_group_replication_member_primary{member="${name}"}`) === 1;
  const [primary = '', secondary = ''] = [databases.find(isPrimary), databases.find((name) => !isPrimary(name))];
  const lag = async (): Promise<number> =>
    (await probe(secondary)).get('mysql_group_replication_apply_lag_seconds') ?? -1;
  expect(await lag()).toBeLessThan(5);
  // This lock blocks all commits; it is released when its session ends.
  const locked = sql(secondary, 'FLUSH TABLES WITH READ LOCK; DO SLEEP(8)');
  const sleepers = "SELECT COUNT(*) FROM performance_schema.processlist WHERE INFO = 'DO SLEEP(8)'";
  await waitFor(async () => (await sql(secondary, sleepers)) === '1', { what: 'the lock', deadlineMs: 5_000 });
  await sql(primary, 'CREATE DATABASE falls_behind; DROP DATABASE falls_behind');
  await waitFor(async () => (await lag()) > 3, { what: 'a lag of over 3 s', deadlineMs: 20_000 });
  await locked;
  await waitFor(async () => (await lag()) < 1, { what: 'no lag', deadlineMs: 20_000 });
});

it('all nodes report the same primary, and only the primary is writable', async () => {
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

it('a paused node is exposed as down within the timeout, and as up after it is unpaused', async () => {
  const views = await probe(databases[0] ?? '');
  const secondary =
    databases.find((name) => views.get(`mysql_group_replication_member_primary{member="${name}"}`) === 0) ?? '';
  await probe(secondary);
  await hosts.pause(secondary);
  const paused = await probe(secondary, '1').finally(() => hosts.unpause(secondary));
  expect(paused.get('mysql_up')).toBe(0);
  await waitFor(async () => (await probe(secondary)).get('mysql_up') === 1, {
    what: 'the node to be up again',
    deadlineMs: 30_000,
  });
});
