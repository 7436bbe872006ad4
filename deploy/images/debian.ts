/** Provides the Debian image under the base image: pulls it, or builds it from Debian's packages if images cannot be pulled. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { readOsRelease, type Mirrors } from '../machine/mirror.ts';
import { STATE } from '../../kit/paths.ts';
import { installPackages } from '../machine/engine/install-engine.ts';

interface DebianOptions {
  readonly mirrors: Mirrors;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

const PULLED = 'debian:trixie-slim';
const BUILT = 'holdfast/debian:trixie';
/** Deadline for the first output of a pull. Normally it takes a second or two; 20 s allows for a slow name server. */
const FIRST_OUTPUT_MS = 20_000;
const PULL_DEADLINE_MS = 300_000;

/** Name of a local image with Debian trixie. Throws `image-build-failed` if it can be neither pulled nor built here. */
export async function ensureDebian(options: DebianOptions): Promise<string> {
  for (const image of [PULLED, BUILT]) if (await isLocal(image)) return image;
  const pullError = await pull(options.signal);
  if (pullError === undefined) return PULLED;
  options.onProgress('images cannot be pulled here: building the Debian image from packages');
  await bootstrap(options, pullError);
  return BUILT;
}

async function isLocal(image: string): Promise<boolean> {
  return !(await execa('docker', ['image', 'inspect', image], { reject: false, stdin: 'ignore' })).failed;
}

/** Pulls the image and returns the error message, if any. Aborts early if the registry does not respond. */
async function pull(signal: AbortSignal): Promise<string | undefined> {
  const noOutput = new AbortController();
  const timer = setTimeout(() => {
    noOutput.abort();
  }, FIRST_OUTPUT_MS);
  const child = execa('docker', ['pull', PULLED], {
    reject: false,
    stdin: 'ignore',
    timeout: PULL_DEADLINE_MS,
    cancelSignal: AbortSignal.any([signal, noOutput.signal]),
  });
  child.stdout.once('data', () => {
    clearTimeout(timer);
  });
  try {
    const result = await child;
    signal.throwIfAborted();
    if (!result.failed) return undefined;
    return result.stderr.trim().split('\n').at(-1) || 'the registry did not answer';
  } finally {
    clearTimeout(timer);
  }
}

/** Builds a minimal Debian from packages, like Debian's own image: without manuals and translations. */
async function bootstrap({ mirrors, signal, onProgress }: DebianOptions, pullError: string): Promise<void> {
  const system = await readOsRelease();
  const mirror = mirrors.debian;
  if (mirror === undefined)
    throw cannotBuild(pullError, new Error(`this system is not Debian but ${system.id || process.platform}`));
  const folder = join(STATE, 'debian');
  const archive = join(folder, 'rootfs.tar');
  await mkdir(folder, { recursive: true });
  try {
    if ((await execa('mmdebstrap', ['--version'], { reject: false, stdin: 'ignore' })).failed) {
      await installPackages({
        packages: [],
        fromOwnSuite: ['mmdebstrap', 'debian-archive-keyring'],
        signal,
        onProgress,
      });
    }
    const excluded = ['man', 'info', 'locale', 'lintian'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
    const included = [
      '--dpkgopt=force-unsafe-io',
      '--dpkgopt=path-exclude=/usr/share/doc/*',
      '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    ];
    const keyring = '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg';
    const options = ['--variant=minbase', '--components=main', '--aptopt=Acquire::Languages "none"', keyring];
    await execa('mmdebstrap', [...options, ...excluded, ...included, 'trixie', archive, mirror], {
      stdin: 'ignore',
      cancelSignal: signal,
    });
    const labels = ['--change', 'LABEL org.holdfast=1', '--change', 'CMD ["/bin/sh"]'];
    await execa('docker', ['import', ...labels, archive, BUILT], { stdin: 'ignore', cancelSignal: signal });
  } catch (error) {
    signal.throwIfAborted();
    throw cannotBuild(pullError, error);
  } finally {
    await rm(archive, { force: true });
  }
}

function cannotBuild(pullError: string, cause: unknown): HoldfastError {
  const why = messageOf(cause).split('\n')[0] ?? '';
  return new HoldfastError(
    'image-build-failed',
    `Could not pull the Debian image (${pullError}) or build it here (${why}).`,
    {
      cause,
      fix: `Run \`docker pull ${PULLED}\` where the network allows it (or \`docker load\` it from a file), and repeat the command.`,
    },
  );
}
