import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostsOf, makeTopology } from '../../model/topology.ts';
import { renderDb } from './render.ts';

const image = process.env['HOLDFAST_DB_IMAGE'] ?? 'holdfast/db:dev';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-db-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function validate(text: string): Promise<{ readonly exitCode: number | undefined; readonly output: string }> {
  const file = join(folder, 'my.cnf');
  // Certificates are not mounted here; start.integration.test.ts checks their paths.
  await writeFile(file, text.replaceAll(/^ssl_(ca|cert|key) = .*\n/gm, ''));
  const command = ['mysqld', '--defaults-file=/my.cnf', '--user=mysql', '--validate-config', '--log-error-verbosity=2'];
  const run = ['run', '--rm', '--network=none', '-v', `${file}:/my.cnf:ro`, '--entrypoint', '/usr/bin/env', image];
  const result = await execa('docker', [...run, ...command], { reject: false, all: true });
  return { exitCode: result.exitCode, output: result.all };
}

const topology = makeTopology();

it.each(hostsOf(topology, 'db').map((host) => [host.name, host] as const))(
  'mysqld accepts the configuration of %s',
  async (_name, host) => {
    const text = renderDb(topology, host).find(({ path }) => path === 'my.cnf')?.text ?? '';
    const { exitCode, output } = await validate(text);
    expect(output).not.toMatch(/unknown|deprecat|\[ERROR\]/i);
    expect(exitCode).toBe(0);
  },
);

it('mysqld rejects a configuration with an unknown option, so its check is valid', async () => {
  const { exitCode, output } = await validate('[mysqld]\nsecure_file_priv = NULL\ngroup_replicatoin_group_name = x\n');
  expect(exitCode).not.toBe(0);
  expect(output).toMatch(/unknown variable/);
});
