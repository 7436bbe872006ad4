import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeafStale, makeAuthority, makeLeaf, type KeyPair, type LeafRequest } from './certificates.ts';
import { SECRETS } from '../model/secrets.ts';
import { hostsOf, type Tier, type Topology } from '../model/topology.ts';

/** 256 bits. */
const PASSWORD_BYTES = 32;

/**
 * Makes missing secrets below `directory` (created with mode 0700, files 0600), and renews certificates that are about to expire or no
 * longer match the topology. Keeps all others. Returns the names of the new secrets.
 */
export async function makeSecrets(topology: Topology, directory: string): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const made: string[] = [];
  const keep = async (name: string, text: string): Promise<void> => {
    await writeSecret(directory, name, text);
    made.push(name);
  };
  for (const { name, making } of SECRETS) {
    if (making.kind === 'password' && (await readSecret(directory, name)) === undefined) {
      await keep(name, randomBytes(PASSWORD_BYTES).toString('base64url'));
    }
  }
  const authority = await ensureAuthority(directory, keep);
  for (const tier of ['lb', 'db', 'mail'] as const) await ensureLeaf({ topology, tier, directory, authority, keep });
  return made;
}

/**
 * Replaces the certificate of a tier by a new one of the same authority. Running servers keep the old one, which stays valid, until their host is replaced.
 * Throws if there are no secrets yet.
 */
export async function renewLeaf(topology: Topology, tier: CertifiedTier, directory: string): Promise<void> {
  const keep: Keep = (name, text) => writeSecret(directory, name, text);
  const authority = await ensureAuthority(directory, () => Promise.reject(new Error('there is no authority yet')));
  await ensureLeaf({ topology, tier, directory, authority, keep, isForced: true });
}

/** Tiers with a certificate of their own. */
export type CertifiedTier = 'lb' | 'db' | 'mail';

type Keep = (name: string, text: string) => Promise<void>;

async function ensureAuthority(directory: string, keep: Keep): Promise<KeyPair> {
  const certificate = await readSecret(directory, 'ca-cert');
  const key = await readSecret(directory, 'ca-key');
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  const authority = await makeAuthority(new Date());
  // The key first: if the run is interrupted, the next one must not find a certificate without its key.
  await keep('ca-key', authority.key);
  await keep('ca-cert', authority.certificate);
  return authority;
}

async function ensureLeaf(job: {
  readonly topology: Topology;
  readonly tier: Tier;
  readonly directory: string;
  readonly authority: KeyPair;
  readonly keep: Keep;
  /** Also a certificate that is valid is replaced. */
  readonly isForced?: boolean;
}): Promise<void> {
  const now = new Date();
  const files = SECRETS.filter(({ making }) => making.kind === 'certificate' && making.tier === job.tier);
  const request = namesOf(job.topology, job.tier);
  const present = await Promise.all(files.map(({ name }) => readSecret(job.directory, name)));
  const certificate = present[0];
  const complete = present.every((text) => text !== undefined);
  if (job.isForced !== true && complete && certificate !== undefined) {
    if (!(await isLeafStale(certificate, job.authority.certificate, { ...request, now }))) return;
  }
  const leaf = await makeLeaf(job.authority, request, now);
  for (const { name, making } of files) {
    if (making.kind !== 'certificate') continue;
    const texts = { certificate: leaf.certificate, key: leaf.key, both: `${leaf.certificate}\n${leaf.key}\n` };
    await job.keep(name, texts[making.part]);
  }
}

/** The names and addresses for a tier's certificate: those that its clients connect to. */
function namesOf(topology: Topology, tier: Tier): LeafRequest {
  const hosts = hostsOf(topology, tier);
  const virtual = tier === 'mail' ? [] : Object.values(topology.virtualAddresses).map(({ address }) => address);
  return {
    commonName: tier === 'lb' ? 'shop.test' : `${tier}.holdfast`,
    dnsNames: [...(tier === 'lb' ? ['shop.test'] : []), ...hosts.map((host) => host.name)],
    client: tier === 'db',
    addresses: [...virtual, ...hosts.flatMap((host) => Object.values(host.addresses))],
  };
}

/** The text of a secret, or `undefined` if it does not exist yet. */
export async function readSecret(directory: string, name: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(directory, name), 'utf8');
    return text === '' ? undefined : text;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeSecret(directory: string, name: string, text: string): Promise<void> {
  const path = join(directory, name);
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  await rename(draft, path);
}
