/**
 * A private apt configuration: Debian's newer suites in addition to the machine's own one, without changing /etc/apt and without upgrading
 * packages of the machine.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package and the Debian suite to install it from. */
export interface SuitePackage {
  readonly name: string;
  readonly suite: string;
}

/** Input of the private configuration, read from the machine by {@link ../mirror.ts}. */
export interface AptFacts {
  /** Codename of the running system, such as `bookworm`. */
  readonly codename: string;
  /** Base URL of the Debian archive in the machine's own apt configuration, with or without a trailing slash. */
  readonly mirror: string;
}

/** Keys of the Debian archive, present on every Debian since 2010 (package debian-archive-keyring). */
const ARCHIVE_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The engine and its client plugins. 28.x is only in sid; 26.x of trixie renames interfaces when a network is reconnected. */
export const ENGINE_PACKAGES: readonly SuitePackage[] = [
  { name: 'docker.io', suite: 'sid' },
  { name: 'docker-cli', suite: 'sid' },
  { name: 'docker-compose', suite: 'sid' },
  { name: 'docker-buildx', suite: 'sid' },
  { name: 'containerd', suite: 'trixie' },
];

/** Text of the sources.list: the machine's suite and the suites of the packages, all from the machine's own mirror. */
export function renderSources(facts: AptFacts, packages: readonly SuitePackage[]): string {
  const suites = new Set([facts.codename, ...packages.map((wanted) => wanted.suite)]);
  return [...suites].map((suite) => `deb [signed-by=${ARCHIVE_KEYRING}] ${facts.mirror} ${suite} main\n`).join('');
}

/**
 * Text of the preferences: the machine's own suite wins (900). apt uses the others only for packages that it lacks (trixie 50, sid 40).
 * Priorities below 100 never upgrade installed packages.
 */
export function renderPreferences(facts: AptFacts, packages: readonly SuitePackage[]): string {
  const others = [...new Set(packages.map((wanted) => wanted.suite))].filter((suite) => suite !== facts.codename);
  const priority = (suite: string): number => (suite === 'sid' ? 40 : 50);
  return [
    `Package: *\nPin: release n=${facts.codename}\nPin-Priority: 900\n`,
    ...others.map((suite) => `Package: *\nPin: release n=${suite}\nPin-Priority: ${String(priority(suite))}\n`),
  ].join('\n');
}

/** Arguments that make apt-get use the configuration in `folder`, and of /etc/apt only the trusted keys and proxies. */
export function renderAptOptions(folder: string): readonly string[] {
  return [
    `Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
    'Dir::Etc::sourceparts=/nonexistent',
    `Dir::Etc::preferences=${join(folder, 'preferences')}`,
    'Dir::Etc::preferencesparts=/nonexistent',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache::pkgcache=${join(folder, 'pkgcache.bin')}`,
    `Dir::Cache::srcpkgcache=${join(folder, 'srcpkgcache.bin')}`,
    `Dir::Cache::archives=${join(folder, 'archives')}`,
    // Lists are read as root; the sandbox user cannot enter a private folder.
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    // Catalogues for graphical package managers: unused, and a third of the download.
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::Retries=3',
  ].flatMap((option) => ['-o', option]);
}

/** Arguments with each package and its suite. Never `-t`, which would prefer that suite for every dependency, including libc. */
export function renderPackageArguments(packages: readonly SuitePackage[], codename: string): readonly string[] {
  return packages.map((wanted) => (wanted.suite === codename ? wanted.name : `${wanted.name}/${wanted.suite}`));
}

/** Writes the private configuration into `folder`; safe to repeat. */
export async function writeAptConfiguration(
  folder: string,
  facts: AptFacts,
  packages: readonly SuitePackage[],
): Promise<void> {
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'archives', 'partial'), { recursive: true });
  await writeFile(join(folder, 'sources.list'), renderSources(facts, packages));
  await writeFile(join(folder, 'preferences'), renderPreferences(facts, packages));
}
