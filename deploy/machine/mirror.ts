/**
 * Package mirrors and certificate authorities of this machine. Image builds use them, so that mirrors, company registries and inspecting
 * proxies also work in builds. They are never written to a committed file.
 */
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';

/** URLs from the configuration of the machine's own tools; undefined if a tool is absent or uses its default. */
export interface Mirrors {
  /** Base URL of the Debian archive. Only on Debian: the archives of other distributions have other packages. */
  readonly debian: string | undefined;
  readonly debianSecurity: string | undefined;
  /** With a trailing slash, as printed by npm. */
  readonly npmRegistry: string | undefined;
  readonly goProxy: string | undefined;
  readonly goSumDb: string | undefined;
  /** The mirror of Maven's central repository, without a trailing slash. */
  readonly mavenRepository: string | undefined;
}

/** Used fields of /etc/os-release. */
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

/** The running system; the fields are empty if there is no /etc/os-release. */
export async function readOsRelease(): Promise<OsRelease> {
  return parseOsRelease(await readFile('/etc/os-release', 'utf8').catch(() => ''));
}

/** Output format of `apt-get indextargets` for each package index. */
const INDEX_FORMAT = '$(RELEASE)|$(COMPONENT)|$(REPO_URI)';

/**
 * Finds Debian's archive and its security archive in the output of `apt-get indextargets`. Third-party repositories may have the same release
 * name, but not the component `main`.
 */
export function parseIndexTargets(output: string, codename: string): Pick<Mirrors, 'debian' | 'debianSecurity'> {
  const targets = output.split('\n').map((line) => line.split('|'));
  const find = (release: string): string | undefined =>
    targets.find(([name, component]) => name === release && component === 'main')?.[2]?.replace(/\/+$/, '');
  return { debian: find(codename), debianSecurity: find(`${codename}-security`) };
}

/** Standard output of a program, trimmed; undefined if it is absent, fails, takes over 10 s or prints nothing. */
async function readOutput(command: string, args: readonly string[]): Promise<string | undefined> {
  const result = await execa(command, args, { reject: false, timeout: 10_000, stdin: 'ignore' });
  const answer = result.failed ? '' : result.stdout.trim();
  return answer === '' || answer === 'undefined' ? undefined : answer;
}

/** Reads the mirrors from apt, npm, Go (or the environment) and Maven's settings. Takes about half a second, so call it only before a build. */
export async function readMirrors(): Promise<Mirrors> {
  const system = await readOsRelease();
  const [targets, npmRegistry, goProxy, goSumDb, mavenRepository] = await Promise.all([
    system.id === 'debian'
      ? readOutput('apt-get', ['indextargets', '--format', INDEX_FORMAT, 'Created-By: Packages'])
      : undefined,
    readOutput('npm', ['config', 'get', 'registry']),
    process.env['GOPROXY'] ?? readOutput('go', ['env', 'GOPROXY']),
    process.env['GOSUMDB'] ?? readOutput('go', ['env', 'GOSUMDB']),
    readMavenMirror(),
  ]);
  return { ...parseIndexTargets(targets ?? '', system.codename), npmRegistry, goProxy, goSumDb, mavenRepository };
}

/** Reads Maven's settings files, those of the user before those of the machine, because running Maven is slow. */
async function readMavenMirror(): Promise<string | undefined> {
  for (const file of [join(homedir(), '.m2', 'settings.xml'), '/etc/maven/settings.xml']) {
    const mirror = findMavenMirror(await readFile(file, 'utf8').catch(() => ''));
    if (mirror !== undefined) return mirror;
  }
  return undefined;
}

/** The URL of the first mirror in a `settings.xml` that replaces the central repository, or all external repositories. */
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

/** Folders for additional certificate authorities: Debian, Red Hat, Arch. */
const AUTHORITY_FOLDERS: readonly string[] = [
  '/usr/local/share/ca-certificates',
  '/etc/pki/ca-trust/source/anchors',
  '/etc/ca-certificates/trust-source/anchors',
];

/** Files with all trusted authorities of the machine: Debian, Red Hat. */
const BUNDLES: readonly string[] = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];

/**
 * Copies the machine's additional certificate authorities into `folder` (emptied first), each as `NAME.crt`, for the build context `hostca`.
 * `withBundle` also copies all trusted authorities as `bundle.pem`, for the first download over TLS in an image without authorities.
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
