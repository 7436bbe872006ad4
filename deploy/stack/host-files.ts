import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { EXPERIMENTS } from '../../kit/experiments.ts';
import { OPERATIONS } from '../../kit/operations.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { CONTAINER_OPTIONS } from '../model/container-options.ts';
import { secretsOf } from '../model/secrets.ts';
import type { Host, Tier, Topology } from '../model/topology.ts';
import { restartHost, type RenderedFile, type RenderedFiles } from '../model/rendered-file.ts';
import { readSecret } from './make-secrets.ts';
import { renderHost } from './render-host.ts';

/** The files that one host has: path in its folder of `PATHS.hosts` (`config/haproxy.cfg`, `alerts/rules.yaml`) → text. */
export type HostFiles = ReadonlyMap<string, string>;

/** Suffix of a file that is being written. One that an interrupted process left is removed by the next write. */
const DRAFT = '.new';

/** The folder that is mounted at `/etc/holdfast`. */
export const CONFIG = 'config';

/** Test cases of rules are for promtool only. */
function isMounted(path: string): boolean {
  return !path.endsWith('.test.yaml');
}

/** The files that a host should mount. `files`: all rendered files, for folders of other modules; folders that are not rendered are read. */
export async function filesOf(topology: Topology, host: Host, files: RenderedFiles): Promise<readonly RenderedFile[]> {
  const config = renderHost(topology, host).map((file) => ({ ...file, path: `${CONFIG}/${file.path}` }));
  const folders = await Promise.all(
    Object.entries(CONTAINER_OPTIONS[host.tier].folders ?? {}).map(async ([name, { from, onChange }]) => {
      const rendered = [...files].filter(([path]) => path.startsWith(`${from}/`));
      const sources = rendered.length > 0 ? rendered : await readFolder(join(ROOT, from), `${from}/`);
      return sources
        .filter(([path]) => isMounted(path))
        .map(([path, text]) => {
          const inFolder = path.slice(from.length + 1);
          return { path: `${name}/${inFolder}`, text, onChange: onChange(inFolder) };
        });
    }),
  );
  const secrets = { path: SECRETS_HASH, text: await secretsDigest(host.tier), onChange: restartHost };
  return [...config, ...folders.flat(), secrets];
}

/**
 * The hash of the secrets that a host may read. It is in no mounted folder: services read secrets when they start, so a host with another hash has
 * old ones.
 */
async function secretsDigest(tier: Tier): Promise<string> {
  const hash = createHash('sha256');
  for (const name of secretsOf(tier)) hash.update(`${name}\0${(await readSecret(PATHS.secrets, name)) ?? ''}\0`);
  return hash.digest('hex');
}

/** The files that a host has now; empty for a host that was never started. */
export async function readHostFiles(host: Pick<Host, 'name'>, hosts: string = PATHS.hosts): Promise<HostFiles> {
  const found = await readFolder(join(hosts, host.name), '');
  return new Map(found.filter(([path]) => !path.endsWith(DRAFT) && !isCopy(path)));
}

/** One file of a host; `undefined` if it does not have it. */
export async function readHostFile(
  host: Pick<Host, 'name'>,
  path: string,
  hosts: string = PATHS.hosts,
): Promise<string | undefined> {
  const [text] = await readFile(join(hosts, host.name, path), 'utf8').then((found) => [found], ignoreMissing);
  return text;
}

/** The folder with the files that a running host is to get: its services check them there, before they are put in place. It is in the mounted folder. */
export const CANDIDATE = `${CONFIG}/.candidate`;

/** The folder with the files of a host from before a change of its services, until their new files are confirmed. It is not mounted. */
export const PREVIOUS = 'previous';

function isCopy(path: string): boolean {
  return path.startsWith(`${CANDIDATE}/`) || path.startsWith(`${PREVIOUS}/`);
}

/** The name of the file with the hash of a host's secrets. */
export const SECRETS_HASH = 'secrets.sha256';

/** The name of the file that a host has while it is drained: who drained it, and why (kit/operations.ts). */
export const DRAINED = 'drained';

/** The name of a file that a host has from the first write of its files until its container is replaced, so that an interruption is seen. */
export const UNFINISHED = 'unfinished';

/** Whether a file of a host's folder is not rendered: it holds the state of a change, and no write of rendered files removes it. */
export function isStateFile(path: string): boolean {
  return (
    path === UNFINISHED || path === DRAINED || [OPERATIONS, EXPERIMENTS].some((name) => path === `${CONFIG}/${name}`)
  );
}

/** Whether a draft is of a state file. Several processes write these at any time, so that only their writer may remove one. */
function isStateDraft(path: string): boolean {
  const file = /^(.*)\.[^.]+\.new$/.exec(path)?.[1];
  return file !== undefined && isStateFile(file);
}

let stateDrafts = 0;

/** Replaces a state file of a host atomically, also beside another writer. */
export async function writeStateFile(
  host: Pick<Host, 'name'>,
  { path, text }: Pick<RenderedFile, 'path' | 'text'>,
  hosts: string = PATHS.hosts,
): Promise<void> {
  const target = join(hosts, host.name, path);
  stateDrafts += 1;
  const draft = `${target}.${process.pid}-${stateDrafts}${DRAFT}`;
  await writeFile(draft, text);
  // Services read it as their own users, whatever the umask of this process is.
  await chmod(draft, 0o644);
  await rename(draft, target);
}

/** The new files of a host. */
interface NewFiles {
  readonly host: Pick<Host, 'name'>;
  readonly files: readonly Pick<RenderedFile, 'path' | 'text'>[];
}

/**
 * Writes the files of running hosts and calls `replace`, which makes their services read them. After an interruption in between, a host has the file
 * {@link UNFINISHED}: its files are new, and its processes may be old.
 */
export async function replaceHostFiles(
  changes: readonly NewFiles[],
  replace: () => Promise<void>,
  hosts: string = PATHS.hosts,
): Promise<void> {
  for (const { host, files } of changes) {
    const marker = join(hosts, host.name, UNFINISHED);
    await mkdir(dirname(marker), { recursive: true });
    await writeFile(marker, '');
    await writeHostFiles(host, [...files, { path: UNFINISHED, text: '' }], hosts);
  }
  await replace();
  for (const { host } of changes) await rm(join(hosts, host.name, UNFINISHED));
}

/** Replaces the files of a host, each atomically. Running processes of the host see them at their next start or reload. */
export async function writeHostFiles(
  host: Pick<Host, 'name'>,
  files: readonly Pick<RenderedFile, 'path' | 'text'>[],
  hosts: string = PATHS.hosts,
): Promise<void> {
  const folder = join(hosts, host.name);
  const before = await readHostFiles(host, hosts);
  for (const { path, text } of files) {
    if (before.get(path) === text) continue;
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    const draft = `${target}${DRAFT}`;
    await writeFile(draft, text);
    await rename(draft, target);
  }
  const wanted = new Set(files.map(({ path }) => path));
  const drafts = (await readFolder(folder, ''))
    .map(([path]) => path)
    .filter((path) => path.endsWith(DRAFT) && !isStateDraft(path));
  for (const path of [...before.keys(), ...drafts]) {
    if (!wanted.has(path) && (path === UNFINISHED || !isStateFile(path))) await rm(join(folder, path), { force: true });
  }
  await makeReadable(folder);
}

/** Services of the host read the files as their own users, whatever the umask of this process is. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): [] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}

async function readFolder(folder: string, prefix: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ignoreMissing);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = paths.sort().map(async (path) => {
    const name = `${prefix}${relative(folder, path).split(sep).join('/')}`;
    // A draft that its writer has put in place meanwhile is missing.
    return readFile(path, 'utf8').then((text) => [[name, text] as const], ignoreMissing);
  });
  return (await Promise.all(found)).flat();
}
