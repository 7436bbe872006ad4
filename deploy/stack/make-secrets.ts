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
  for (const tier of CERTIFIED_TIERS) await ensureLeaf({ topology, tier, directory, authority, keep });
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
const CERTIFIED_TIERS = ['lb', 'db', 'mail'] as const satisfies readonly Tier[];
export type CertifiedTier = (typeof CERTIFIED_TIERS)[number];

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
  const files = leafFilesOf(job.tier);
  const request = namesOf(job.topology, job.tier);
  if (job.isForced !== true && !(await isLeafDue(job, job.authority.certificate))) return;
  const leaf = await makeLeaf(job.authority, request, now);
  for (const { name, making } of files) {
    if (making.kind !== 'certificate') continue;
    const texts = { certificate: leaf.certificate, key: leaf.key, both: `${leaf.certificate}\n${leaf.key}\n` };
    await job.keep(name, texts[making.part]);
  }
}

type SecretSpec = (typeof SECRETS)[number];

function leafFilesOf(tier: Tier): readonly SecretSpec[] {
  return SECRETS.filter(({ making }) => making.kind === 'certificate' && making.tier === tier);
}

/** Whether the certificate of a tier is missing, about to expire, or not for these names. */
async function isLeafDue(
  { topology, tier, directory }: { readonly topology: Topology; readonly tier: Tier; readonly directory: string },
  authority: string,
): Promise<boolean> {
  const present = await Promise.all(leafFilesOf(tier).map(({ name }) => readSecret(directory, name)));
  const [certificate] = present;
  if (certificate === undefined || present.includes(undefined)) return true;
  return isLeafStale(certificate, authority, { ...namesOf(topology, tier), now: new Date() });
}

/** The secrets that {@link makeSecrets} would make now: missing ones, and certificates that are due for renewal. */
export async function findDueSecrets(topology: Topology, directory: string): Promise<readonly string[]> {
  const due: string[] = [];
  for (const { name, making } of SECRETS) {
    if (making.kind === 'password' && (await readSecret(directory, name)) === undefined) due.push(name);
  }
  const authority = await readSecret(directory, 'ca-cert');
  for (const tier of CERTIFIED_TIERS) {
    const isDue = authority === undefined || (await isLeafDue({ topology, tier, directory }, authority));
    if (isDue) due.push(...leafFilesOf(tier).map(({ name }) => name));
  }
  return due;
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
