import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../../kit/deadline.ts';
import { makeSecrets } from '../../stack/make-secrets.ts';
import { COMMON_CAPABILITIES } from '../../model/container-options.ts';
import { secretsOf } from '../../model/secrets.ts';
import { hostsOf, makeTopology } from '../../model/topology.ts';
import { accountsOf } from './accounts.ts';
import { renderDb } from './render.ts';

/** A single node without network and role agents, with the secrets of `up`: its state directly after the start. */
const image = process.env['HOLDFAST_DB_IMAGE'] ?? 'holdfast/db:dev';
const container = `holdfast-test-${randomBytes(4).toString('hex')}`;
const topology = makeTopology();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-db-'));
  const secrets = join(folder, 'secrets');
  await makeSecrets(topology, secrets);
  const rendered = join(folder, 'rendered');
  await mkdir(rendered);
  const [host] = hostsOf(topology, 'db');
  if (host === undefined) throw new Error('the topology has no database node');
  for (const { path, text } of renderDb(topology, host)) await writeFile(join(rendered, path), text);
  await chmod(rendered, 0o755);
  const mounts = secretsOf('db').flatMap((name) => ['-v', `${join(secrets, name)}:/run/secrets/${name}:ro`]);
  const rights = ['--cap-drop=ALL', ...COMMON_CAPABILITIES.map((name) => `--cap-add=${name}`)];
  const what = ['--network=none', ...rights, ...mounts, '-v', `${rendered}:/etc/holdfast:ro`, image];
  await execa('docker', ['run', '-d', '--name', container, ...what]);
});

afterAll(async () => {
  await execa('docker', ['rm', '--force', '--volumes', container], { reject: false });
  await rm(folder, { recursive: true, force: true });
});

async function sql(statement: string): Promise<string> {
  const client = ['mysql', '--no-defaults', '--socket=/run/mysqld/mysqld.sock', '-NBe', statement];
  return (await execa('docker', ['exec', container, ...client])).stdout;
}

it('a starting node creates every account without an error and without a GTID', async () => {
  await waitFor(() => sql('SELECT 1'), { what: 'mysqld', deadlineMs: 60_000 });
  const { all: log } = await execa('docker', ['logs', container], { all: true });
  expect(log).not.toContain('[ERROR]');
  const made = await sql("SELECT CONCAT(user, '@', host) FROM mysql.user WHERE account_locked = 'N'");
  expect(made.split('\n').toSorted()).toEqual(
    accountsOf(topology)
      .map(({ name, from }) => `${name}@${from}`)
      .toSorted(),
  );
  expect(await sql('SELECT @@gtid_executed')).toBe('');
});

it('a starting node is read-only, in no group, and unhealthy', async () => {
  expect(await sql('SELECT @@super_read_only')).toBe('1');
  const health = await execa('docker', ['exec', container, '/usr/local/bin/healthy'], { reject: false });
  expect(health).toMatchObject({ exitCode: 1, stdout: 'OFFLINE' });
});

it('the recovery channel has its credentials', async () => {
  const channels = 'SELECT channel_name, user FROM performance_schema.replication_connection_configuration';
  expect(await sql(channels)).toContain('group_replication_recovery\treplication');
});
