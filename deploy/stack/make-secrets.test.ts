import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDueSecrets, makeSecrets, renewLeaf } from './make-secrets.ts';
import { SECRETS } from '../model/secrets.ts';
import { makeTopology } from '../model/topology.ts';

const topology = makeTopology();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-secrets-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');

describe('makeSecrets', () => {
  it('makes every secret, readable only by its owner', async () => {
    await makeSecrets(topology, directory);
    expect((await readdir(directory)).sort()).toEqual(SECRETS.map(({ name }) => name).sort());
    for (const { name } of SECRETS) expect((await stat(join(directory, name))).mode & 0o777, name).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('keeps existing secrets', async () => {
    await makeSecrets(topology, directory);
    const before = await Promise.all(SECRETS.map(({ name }) => read(name)));
    expect(await makeSecrets(topology, directory)).toEqual([]);
    expect(await Promise.all(SECRETS.map(({ name }) => read(name)))).toEqual(before);
  });

  it('names beforehand what it would make', async () => {
    expect(await findDueSecrets(topology, directory)).toContain('lb-tls');
    await makeSecrets(topology, directory);
    expect(await findDueSecrets(topology, directory)).toEqual([]);
    await rm(join(directory, 'db-agent-password'));
    const [tls] = SECRETS.filter(({ making }) => making.kind === 'certificate' && making.tier === 'lb');
    await writeFile(join(directory, tls?.name ?? ''), await read('ca-cert'));
    expect(await findDueSecrets(topology, directory)).toEqual(['db-agent-password', 'lb-tls']);
  });

  it('renews the certificate of one tier, and no other secret', async () => {
    await makeSecrets(topology, directory);
    const before = new Map(await Promise.all(SECRETS.map(async ({ name }) => [name, await read(name)] as const)));
    await renewLeaf(topology, 'lb', directory);
    const changed = await Promise.all(
      SECRETS.map(async ({ name }) => ((await read(name)) === before.get(name) ? [] : [name])),
    );
    expect(changed.flat()).toEqual(['lb-tls']);
    expect(await findDueSecrets(topology, directory)).toEqual([]);
  });

  it('signs server certificates for the addresses under which clients know them', async () => {
    await makeSecrets(topology, directory);
    const authority = new X509Certificate(await read('ca-cert'));
    for (const [file, address] of [
      ['lb-tls', '198.18.0.10'],
      ['db-cert', '198.18.1.10'],
      ['mail-cert', '198.18.3.81'],
    ] as const) {
      const leaf = new X509Certificate(await read(file));
      expect(leaf.verify(authority.publicKey), file).toBe(true);
      expect(leaf.checkIP(address), file).toBe(address);
    }
  });

  it('makes client certificates only for database nodes', async () => {
    await makeSecrets(topology, directory);
    const clientAuth = '1.3.6.1.5.5.7.3.2';
    expect(new X509Certificate(await read('db-cert')).keyUsage).toContain(clientAuth);
    expect(new X509Certificate(await read('lb-tls')).keyUsage).not.toContain(clientAuth);
  });

  it('replaces a lost key with its certificate, and a file that an interrupted run left empty', async () => {
    await makeSecrets(topology, directory);
    await rm(join(directory, 'db-key'));
    await writeFile(join(directory, 'session-key'), '');
    const made = await makeSecrets(topology, directory);
    expect([...made].sort()).toEqual(['db-cert', 'db-key', 'session-key']);
    expect((await read('session-key')).length).toBeGreaterThan(40);
  });

  it('replaces certificates that another authority signed', async () => {
    await makeSecrets(topology, directory);
    await rm(join(directory, 'ca-cert'));
    const made = await makeSecrets(topology, directory);
    expect([...made].sort()).toEqual(['ca-cert', 'ca-key', 'db-cert', 'db-key', 'lb-tls', 'mail-cert', 'mail-key']);
  });
});
