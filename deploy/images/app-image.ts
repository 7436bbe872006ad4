/** Builds the image of a release: the application of a commit, or of a folder with its files. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { callEngine, openDocker } from '../../kit/docker.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { buildImages, readBuilder } from './images.ts';

/** A built image of the application. */
export interface AppImage {
  /** As `/livez`, `x-app-version` and `release_info` show it. */
  readonly version: string;
  /** Full hash; `null` for an image of a folder, or of the work tree. */
  readonly commit: string | null;
  /** `holdfast/app:release-VERSION`. A build of the work tree does not remove it. */
  readonly tag: string;
}

/** The files of a commit of this repository, or those in a folder, which names its version. */
export type AppSource =
  { readonly commit: string; readonly version?: string } | { readonly folder: string; readonly version: string };

export interface BuildAppOptions {
  /** Switches on a sabotage of the application (deploy/tiers/app/shop/sabotage.ts) in this image, for tests of rollouts. */
  readonly sabotage?: 'never-ready' | 'fail-requests';
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Versions are tags, labels and header values. */
const VERSION = /^[a-z0-9][a-z0-9._-]{0,60}$/;

/**
 * Builds the image of the application, or finds that of a commit that was built before. Does not touch the work tree. Throws `usage` for an unknown
 * commit or an invalid version, and `image-build-failed`.
 */
export async function buildAppImage(source: AppSource, options: BuildAppOptions): Promise<AppImage> {
  const { sabotage, signal } = options;
  const commit = 'commit' in source ? await resolveCommit(source.commit) : null;
  const version = source.version ?? [commit?.short, sabotage].filter((part) => part !== undefined).join('-');
  if (!VERSION.test(version)) {
    throw new HoldfastError('usage', `${JSON.stringify(version)} is not a version of the application.`, {
      fix: 'Use lower-case letters, digits, dots, dashes and underscores.',
    });
  }
  const image: AppImage = { version, commit: commit?.full ?? null, tag: releaseTag(version) };
  // A commit does not change, so its own version names one image.
  if (source.version === undefined && (await readAppImageId(image.tag)) !== undefined) return image;
  if ('folder' in source) {
    await build(source.folder, image, options);
    return image;
  }
  await removeSources();
  const folder = await mkdtemp(join(PATHS.releases, SOURCE));
  try {
    await extractCommit(image.commit ?? '', folder, signal);
    await build(folder, image, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return image;
}

export function releaseTag(version: string): string {
  return `holdfast/app:release-${version}`;
}

/** The ID of an image; `undefined` if the engine does not have it. */
export async function readAppImageId(tag: string): Promise<string | undefined> {
  const images = await callEngine(`find the image ${tag}`, () =>
    openDocker().listImages({ filters: { reference: [tag] } }),
  );
  return images[0]?.Id;
}

/** The version that an image of the application names; `unknown` without one. */
export async function readAppVersion(image: string): Promise<string> {
  const { Config } = await callEngine(`inspect the image ${image}`, () => openDocker().getImage(image).inspect());
  // The engine reports `null` for an image without labels.
  const labels = Config.Labels as Readonly<Record<string, string>> | null;
  return labels?.['org.opencontainers.image.revision'] ?? 'unknown';
}

/** Names of the folders with the files of a commit. */
const SOURCE = 'source-';

/** Removes the folders that interrupted builds left. The lock of the stack admits one build at a time. */
async function removeSources(): Promise<void> {
  await mkdir(PATHS.releases, { recursive: true, mode: 0o700 });
  const names = (await readdir(PATHS.releases)).filter((name) => name.startsWith(SOURCE));
  for (const name of names) await rm(join(PATHS.releases, name), { recursive: true, force: true });
}

/** Throws `usage` for a commit that this repository does not have. */
export async function resolveCommit(name: string): Promise<{ readonly full: string; readonly short: string }> {
  const parse = async (...flags: readonly string[]): Promise<string> => {
    const words = ['rev-parse', '--verify', '--quiet', ...flags, '--end-of-options', `${name}^{commit}`];
    const result = await execa('git', words, { cwd: ROOT, reject: false, stdin: 'ignore' });
    return result.failed ? '' : result.stdout.trim();
  };
  const [full, short] = await Promise.all([parse(), parse('--short=12')]);
  if (full !== '' && short !== '') return { full, short };
  throw new HoldfastError('usage', `This repository has no commit ${name}.`, {
    fix: 'Name a commit, branch or tag that `git log --oneline --all` lists. Fetch it first if another repository has it.',
  });
}

async function extractCommit(commit: string, folder: string, signal: AbortSignal): Promise<void> {
  try {
    // Modes as in a work tree, so that unchanged files are cache hits of the build.
    const archive = ['-c', 'tar.umask=0022', 'archive', '--format=tar', commit];
    await execa('git', archive, { cwd: ROOT, stdin: 'ignore', cancelSignal: signal }).pipe(
      'tar',
      ['-x', '-C', folder],
      {
        cancelSignal: signal,
      },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new HoldfastError('image-build-failed', `Could not extract the files of commit ${commit}.`, {
      cause: error,
      fix: 'Check the free disk space and, with `git fsck`, the repository.',
    });
  }
}

async function build(root: string, image: AppImage, options: BuildAppOptions): Promise<void> {
  const { sabotage, signal, onProgress } = options;
  const revision = image.version;
  const tags = await buildImages({ only: ['app'], source: { root, revision }, signal, onProgress });
  const built = tags.get('app') ?? '';
  if (sabotage === undefined) await tagImage(built, image.tag);
  else await addSabotage(built, image.tag, { sabotage, signal });
}

/** Gives an image another tag. */
export async function tagImage(image: string, tag: string): Promise<void> {
  const [repo = '', name = ''] = tag.split(':');
  await callEngine(`tag ${tag}`, () => openDocker().getImage(image).tag({ repo, tag: name }));
}

/** An image that differs in one environment variable only. So the sabotage is in no image that is built for use. */
async function addSabotage(
  image: string,
  tag: string,
  { sabotage, signal }: { readonly sabotage: string; readonly signal: AbortSignal },
): Promise<void> {
  const builder = await readBuilder();
  const command = ['buildx', 'build', '--builder', builder, '--label', 'org.holdfast=1', '--tag', tag, '-'];
  try {
    await execa('docker', command, {
      input: `FROM ${image}\nENV HOLDFAST_SABOTAGE=${sabotage}\n`,
      cancelSignal: signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new HoldfastError('image-build-failed', `Could not build ${tag}.`, { cause: error });
  }
}

/** Removes tags of releases that are not kept. Images that a container uses stay until it is replaced. */
export async function removeAppImages(tags: readonly string[]): Promise<void> {
  await Promise.allSettled(tags.map((tag) => openDocker().getImage(tag).remove()));
}
