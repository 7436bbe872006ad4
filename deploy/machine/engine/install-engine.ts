/** Installs the Docker engine and its plugins on Debian, from Debian, without changing /etc/apt or upgrading packages. */
import { join } from 'node:path';
import { execa } from 'execa';
import { HoldfastError, messageOf } from '../../../kit/errors.ts';
import { readMirrors, readOsRelease } from '../mirror.ts';
import { STATE } from '../../../kit/paths.ts';
import {
  ENGINE_PACKAGES,
  renderAptOptions,
  renderPackageArguments,
  writeAptConfiguration,
  type SuitePackage,
} from './apt-private.ts';

interface InstallOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Further packages for the engine, from the machine's own suite: without iptables it does not start. */
const FROM_OWN_SUITE: readonly string[] = ['iptables', 'ca-certificates'];

/** Installs engine, client, Compose and buildx. Throws `engine-missing`. */
export async function installEngine(options: InstallOptions): Promise<void> {
  options.onProgress('installing the Docker engine from Debian (about 30 s)');
  await installPackages({ packages: ENGINE_PACKAGES, fromOwnSuite: FROM_OWN_SUITE, ...options });
}

interface PackagesOptions extends InstallOptions {
  readonly packages: readonly SuitePackage[];
  /** Packages of the machine's own suite. */
  readonly fromOwnSuite: readonly string[];
}

/**
 * Installs packages as root through a private apt configuration below `.holdfast/apt`. Refuses before any change if apt would upgrade,
 * downgrade or remove a package of the machine. Throws `engine-missing`.
 */
export async function installPackages({ packages, fromOwnSuite, signal, onProgress }: PackagesOptions): Promise<void> {
  const { codename } = await readOsRelease();
  const { debian: mirror } = await readMirrors();
  if (mirror === undefined) {
    throw new HoldfastError('engine-missing', 'apt on this machine has no Debian archive configured.', {
      fix: 'Check that `apt-get update` works, and repeat the command.',
    });
  }
  const folder = join(STATE, 'apt');
  await writeAptConfiguration(folder, { codename, mirror }, packages);
  const apt = (args: readonly string[]): Promise<string> => runApt([...renderAptOptions(folder), ...args], signal);
  const wanted = [...renderPackageArguments(packages, codename), ...fromOwnSuite];
  await apt(['update']);
  checkSimulation(await apt(['--simulate', '--no-install-recommends', 'install', ...wanted]));
  onProgress(`installing ${wanted.join(' ')}`);
  await apt(['--yes', '--no-install-recommends', 'install', ...wanted]);
}

/** Throws if the simulated installation changes installed packages. */
export function checkSimulation(output: string): void {
  const counts = /(\d+) upgraded, \d+ newly installed,(?: (\d+) downgraded,)? (\d+) to remove/.exec(output);
  const changed = Number(counts?.[1] ?? 1) + Number(counts?.[2] ?? 0) + Number(counts?.[3] ?? 0);
  if (changed === 0) return;
  throw new HoldfastError(
    'engine-missing',
    'Installing the Docker engine from Debian would change packages that are already installed.',
    {
      cause: new Error(output.slice(0, 2000)),
      fix: 'Install Docker Engine 28 or later with Compose and buildx yourself (docs.docker.com/engine/install).',
    },
  );
}

async function runApt(args: readonly string[], signal: AbortSignal): Promise<string> {
  const run = async (): Promise<string> => {
    const { stdout } = await execa('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
      cancelSignal: signal,
      stdin: 'ignore',
      env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    });
    return stdout;
  };
  try {
    return await run().catch(async (error: unknown) => {
      if (!messageOf(error).includes('dpkg --configure -a')) throw error;
      await execa('dpkg', ['--configure', '-a'], { stdin: 'ignore', env: { DEBIAN_FRONTEND: 'noninteractive' } });
      return run();
    });
  } catch (error) {
    signal.throwIfAborted();
    const reason = messageOf(error)
      .split('\n')
      .findLast((line) => line.startsWith('E: '));
    throw new HoldfastError(
      'engine-missing',
      `Debian's packages could not be installed: ${reason ?? 'apt-get failed'}.`,
      {
        cause: error,
        fix: 'Check that `apt-get update` works on this machine, and repeat the command.',
      },
    );
  }
}
