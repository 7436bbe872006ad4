/** Finds the Debian that the base image starts from: pulled where images can be pulled, made from Debian's packages where not. */
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
const MADE = 'holdfast/debian:trixie';
/** A pull that is possible says so within a second or two; 20 s is for a slow name server. */
const FIRST_WORD_MS = 20_000;
const PULL_DEADLINE_MS = 300_000;

/** Name of a local image with Debian trixie. Throws `image-build-failed` when it can neither be pulled nor made here. */
export async function ensureDebian(options: DebianOptions): Promise<string> {
  for (const image of [PULLED, MADE]) if (await isLocal(image)) return image;
  const refusal = await pull(options.signal);
  if (refusal === undefined) return PULLED;
  options.onProgress('images cannot be pulled here: making the Debian image from packages');
  await bootstrap(options, refusal);
  return MADE;
}

async function isLocal(image: string): Promise<boolean> {
  return !(await execa('docker', ['image', 'inspect', image], { reject: false, stdin: 'ignore' })).failed;
}

/** Pulls; returns why it could not. A registry that does not even answer is given up early. */
async function pull(signal: AbortSignal): Promise<string | undefined> {
  const silent = new AbortController();
  const timer = setTimeout(() => {
    silent.abort();
  }, FIRST_WORD_MS);
  const child = execa('docker', ['pull', PULLED], {
    reject: false,
    stdin: 'ignore',
    timeout: PULL_DEADLINE_MS,
    cancelSignal: AbortSignal.any([signal, silent.signal]),
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

/** Builds a minimal Debian from packages, as Debian's own image is made: no manuals, no translations. */
async function bootstrap({ mirrors, signal, onProgress }: DebianOptions, refusal: string): Promise<void> {
  const system = await readOsRelease();
  const mirror = mirrors.debian;
  if (mirror === undefined)
    throw cannotMake(refusal, new Error(`this is no Debian but ${system.id || process.platform}`));
  const folder = join(STATE, 'debian');
  const archive = join(folder, 'rootfs.tar');
  await mkdir(folder, { recursive: true });
  try {
    if ((await execa('mmdebstrap', ['--version'], { reject: false, stdin: 'ignore' })).failed) {
      await installPackages({ packages: [], alsoNeeded: ['mmdebstrap', 'debian-archive-keyring'], signal, onProgress });
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
    await execa('docker', ['import', ...labels, archive, MADE], { stdin: 'ignore', cancelSignal: signal });
  } catch (error) {
    signal.throwIfAborted();
    throw cannotMake(refusal, error);
  } finally {
    await rm(archive, { force: true });
  }
}

function cannotMake(refusal: string, cause: unknown): HoldfastError {
  const why = messageOf(cause).split('\n')[0] ?? '';
  return new HoldfastError(
    'image-build-failed',
    `Could not pull the Debian image (${refusal}) or build it here (${why}).`,
    {
      cause,
      fix: `Run \`docker pull ${PULLED}\` where the network allows it (or \`docker load\` it from a file), and repeat the command.`,
    },
  );
}
