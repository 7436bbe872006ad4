/**
 * Where this machine gets packages from, and whom it trusts. Image builds follow the machine's own configuration, so that a mirror, a
 * registry of the company or an inspecting proxy works inside them too. Nothing of it is ever written into a tracked file.
 */
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';

/** Addresses as the machine's own tools have them; undefined where a tool is absent or leaves its default. */
export interface Mirrors {
  /** Base address of the Debian archive. Only on Debian: another distribution's archive has other packages. */
  readonly debian: string | undefined;
  readonly debianSecurity: string | undefined;
  /** With a trailing slash, as npm gives it. */
  readonly npmRegistry: string | undefined;
  readonly goProxy: string | undefined;
  readonly goSumDb: string | undefined;
  /** The mirror of Maven's central repository, without a trailing slash. */
  readonly mavenRepository: string | undefined;
}

/** Fields of /etc/os-release that matter here. */
export interface OsRelease {
  /** `debian`, `ubuntu` … ; empty when unknown. */
  readonly id: string;
  /** `bookworm`, `noble` … ; empty when unknown. */
  readonly codename: string;
}

/** Reads the text of /etc/os-release; a missing field is empty. */
export function parseOsRelease(text: string): OsRelease {
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { id: field('ID'), codename: field('VERSION_CODENAME') };
}

/** The running system; empty fields where there is no /etc/os-release. */
export async function readOsRelease(): Promise<OsRelease> {
  return parseOsRelease(await readFile('/etc/os-release', 'utf8').catch(() => ''));
}

/** What `apt-get indextargets` prints for each package index, in this order, separated by `|`. */
const INDEX_FORMAT = '$(RELEASE)|$(COMPONENT)|$(REPO_URI)';

/**
 * Finds Debian's archive and its security archive in the output of `apt-get indextargets`. Other people's repositories may carry the
 * same release name but not the component `main`.
 */
export function parseIndexTargets(output: string, codename: string): Pick<Mirrors, 'debian' | 'debianSecurity'> {
  const targets = output.split('\n').map((line) => line.split('|'));
  const find = (release: string): string | undefined =>
    targets.find(([name, component]) => name === release && component === 'main')?.[2]?.replace(/\/+$/, '');
  return { debian: find(codename), debianSecurity: find(`${codename}-security`) };
}

/** Standard output of a program, trimmed; undefined when it is absent, fails, takes over 10 s or prints nothing. */
async function ask(command: string, args: readonly string[]): Promise<string | undefined> {
  const result = await execa(command, args, { reject: false, timeout: 10_000, stdin: 'ignore' });
  const answer = result.failed ? '' : result.stdout.trim();
  return answer === '' || answer === 'undefined' ? undefined : answer;
}

/** Asks apt, npm, Go (or the environment) and Maven's settings of this machine. Takes about half a second; call it only before a build. */
export async function readMirrors(): Promise<Mirrors> {
  const system = await readOsRelease();
  const [targets, npmRegistry, goProxy, goSumDb, mavenRepository] = await Promise.all([
    system.id === 'debian'
      ? ask('apt-get', ['indextargets', '--format', INDEX_FORMAT, 'Created-By: Packages'])
      : undefined,
    ask('npm', ['config', 'get', 'registry']),
    process.env['GOPROXY'] ?? ask('go', ['env', 'GOPROXY']),
    process.env['GOSUMDB'] ?? ask('go', ['env', 'GOSUMDB']),
    readMavenMirror(),
  ]);
  return { ...parseIndexTargets(targets ?? '', system.codename), npmRegistry, goProxy, goSumDb, mavenRepository };
}

/** Maven has no quick way to be asked: its settings are read as it reads them, those of the user before those of the machine. */
async function readMavenMirror(): Promise<string | undefined> {
  for (const file of [join(homedir(), '.m2', 'settings.xml'), '/etc/maven/settings.xml']) {
    const mirror = findMavenMirror(await readFile(file, 'utf8').catch(() => ''));
    if (mirror !== undefined) return mirror;
  }
  return undefined;
}

/** The address of the first mirror in a `settings.xml` that stands for the central repository, or for all that are not on this machine. */
export function findMavenMirror(settings: string): string | undefined {
  const text = settings.replace(/<!--[\s\S]*?-->/g, '');
  const field = (mirror: string, name: string): string =>
    new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(mirror)?.[1] ?? '';
  return [...text.matchAll(/<mirror>([\s\S]*?)<\/mirror>/g)]
    .map(([, mirror = '']) => mirror)
    .filter((mirror) => field(mirror, 'blocked') !== 'true')
    .filter((mirror) => {
      const names = field(mirror, 'mirrorOf').split(/\s*,\s*/);
      return names.some((name) => ['central', '*', 'external:*'].includes(name)) && !names.includes('!central');
    })
    .map((mirror) => field(mirror, 'url').replaceAll('&amp;', '&').replace(/\/+$/, ''))
    .find((url) => /^https?:/.test(url));
}

/** Folders where an administrator puts certificate authorities of his own: Debian, Red Hat, Arch. */
const AUTHORITY_FOLDERS: readonly string[] = [
  '/usr/local/share/ca-certificates',
  '/etc/pki/ca-trust/source/anchors',
  '/etc/ca-certificates/trust-source/anchors',
];

/** All authorities that the machine trusts, in one file: Debian, Red Hat. */
const BUNDLES: readonly string[] = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];

/**
 * Copies the machine's own certificate authorities into `folder` (emptied first), each as `NAME.crt`, for the build context `hostca`;
 * and all that it trusts as `bundle.pem` when `withBundle`, for a first download over TLS from an image that trusts nobody yet.
 */
export async function stageHostAuthorities(folder: string, options: { readonly withBundle: boolean }): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const source of AUTHORITY_FOLDERS) {
    const entries = await readdir(source, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => !entry.isDirectory() && /\.(crt|pem)$/.test(entry.name));
    for (const file of files) {
      const name = basename(file.name).replace(/\.(crt|pem)$/, '.crt');
      await copyFile(join(file.parentPath, file.name), join(folder, name));
    }
  }
  if (!options.withBundle) return;
  for (const bundle of BUNDLES) {
    const copied = await copyFile(bundle, join(folder, 'bundle.pem')).then(
      () => true,
      () => false,
    );
    if (copied) return;
  }
}
