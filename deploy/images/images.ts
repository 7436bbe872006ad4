/** All images of the stack; an image is built only if its inputs have changed. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { callEngine, openDocker } from '../../kit/docker.ts';
import { TIER_NAMES } from '../model/topology.ts';
import { readMirrors, stageHostAuthorities, type Mirrors } from '../machine/mirror.ts';
import { ROOT, STATE } from '../../kit/paths.ts';
import { buildImage, type BuildRequest } from './build.ts';
import { ensureDebian } from './debian.ts';
import { planImages, type ImageSpec, type PlannedImage } from './plan.ts';

const tier = (name: string): ImageSpec => ({
  ...{ name, dockerfile: `deploy/tiers/${name}/image/Dockerfile`, lane: 'assemble' },
});
const tool = (name: string): ImageSpec => ({
  name,
  dockerfile: 'deploy/images/tools/Dockerfile',
  target: name,
  lane: 'compile',
});

/** Every image, in the order in which a lane builds them. */
export const IMAGES: readonly ImageSpec[] = [
  { name: 'base', dockerfile: 'deploy/images/base/Dockerfile', lane: 'assemble' },
  tool('toxiproxy'),
  tool('alertmanager'),
  tool('k6tool'),
  { name: 'node', dockerfile: 'deploy/images/node/Dockerfile', lane: 'assemble' },
  ...TIER_NAMES.map(tier),
  tier('load'),
  { name: 'browser', dockerfile: 'deploy/images/browser/image/Dockerfile', lane: 'assemble', onDemand: true },
  { name: 'peers', dockerfile: 'chaos/bench/reference-exporters/Dockerfile', lane: 'assemble', onDemand: true },
];

/** A folder with the files of a commit. */
interface Source {
  readonly root: string;
  /** The revision that its images name. */
  readonly revision: string;
}

interface BuildOptions {
  /** Names of images; their dependencies are built too. Default: all that the stack needs. */
  readonly only?: readonly string[];
  /** Default: this checkout. Images of another source get no alias, and replace none of this checkout. */
  readonly source?: Source;
  readonly signal: AbortSignal;
  /** Called with a line for every step that takes over two seconds. */
  readonly onProgress: (line: string) => void;
}

/** Certificate authorities of this machine, as the build context `hostca`. */
const AUTHORITIES = join(STATE, 'hostca');

/**
 * Builds missing images, each tagged `holdfast/NAME:HASH` (of its inputs) and `holdfast/NAME:dev`. Takes well under a second if nothing has
 * changed. Returns the hash tag of each, by name. Throws `image-build-failed`; finished images stay, so the next call continues from there.
 */
export async function buildImages({
  only,
  source,
  signal,
  onProgress,
}: BuildOptions): Promise<ReadonlyMap<string, string>> {
  await stageHostAuthorities(AUTHORITIES, { withBundle: false });
  const root = source?.root ?? ROOT;
  const planned = await planImages({
    ...{ root, specs: IMAGES, only, revision: source?.revision, authorities: AUTHORITIES },
  });
  const plan = source === undefined ? planned : planned.map((image) => ({ ...image, aliases: [] }));
  const tags = new Map(plan.map(({ spec, tag }) => [spec.name, tag]));
  const docker = openDocker();
  const present = await readTags(docker);
  const missing = plan.filter((image) => !present.has(image.tag));
  for (const image of plan) await retag(docker, image, present);
  if (missing.length === 0) return tags;
  onProgress(`building ${missing.length} of ${plan.length} images: ${missing.map(({ spec }) => spec.name).join(', ')}`);
  const mirrors = await readMirrors();
  const needsBundle = mirrors.debian?.startsWith('https:') ?? false;
  if (needsBundle) await stageHostAuthorities(AUTHORITIES, { withBundle: true });
  const debian = missing.some(({ spec }) => spec.name === 'base')
    ? await ensureDebian({ mirrors, signal, onProgress })
    : undefined;
  const builder = await readBuilder();
  await runLanes(missing, async (image) => {
    await buildImage(requestFor(root, image, { mirrors, debian }), { builder, signal, onProgress });
    if (source === undefined) await removeOlder(docker, image);
  });
  // Removes images of the stack that a build has just replaced.
  await docker.pruneImages({ filters: { dangling: ['true'], label: ['org.holdfast=1'] } }).catch(() => undefined);
  return tags;
}

/** The ID of each image, by name, as its inputs are now; images that have to be built are missing. Builds nothing. */
export async function readImageIds(): Promise<ReadonlyMap<string, string>> {
  // A folder of its own: a build may be using the other one.
  await mkdir(STATE, { recursive: true });
  const authorities = await mkdtemp(join(STATE, 'hostca-'));
  try {
    await stageHostAuthorities(authorities, { withBundle: false });
    return await findImageIds(await planImages({ root: ROOT, specs: IMAGES, authorities }));
  } finally {
    await rm(authorities, { recursive: true });
  }
}

async function findImageIds(plan: readonly PlannedImage[]): Promise<ReadonlyMap<string, string>> {
  const present = await readTags(openDocker());
  return new Map(
    plan.flatMap(({ spec, tag }) => {
      const id = present.get(tag);
      return id === undefined ? [] : [[spec.name, id] as const];
    }),
  );
}

/** Every tag of the stack's images → image ID. */
async function readTags(docker: Docker): Promise<ReadonlyMap<string, string>> {
  const filters = { label: ['org.holdfast=1'] };
  const images = await callEngine('list the images', () => docker.listImages({ filters }));
  return new Map(images.flatMap((image) => (image.RepoTags ?? []).map((tag) => [tag, image.Id] as const)));
}

/** Points the aliases of an existing image at it. */
async function retag(docker: Docker, image: PlannedImage, present: ReadonlyMap<string, string>): Promise<void> {
  const id = present.get(image.tag);
  if (id === undefined) return;
  for (const alias of image.aliases.filter((name) => present.get(name) !== id)) {
    const [repo = '', tag = ''] = alias.split(':');
    await callEngine(`tag ${alias}`, () => docker.getImage(image.tag).tag({ repo, tag }));
  }
}

/** Removes older hash tags of this image. Images that a container still uses stay. */
async function removeOlder(docker: Docker, image: PlannedImage): Promise<void> {
  const older = [...(await readTags(docker)).keys()].filter(
    (tag) => tag !== image.tag && new RegExp(`^holdfast/${image.spec.name}:[0-9a-f]{12}$`).test(tag),
  );
  await Promise.allSettled(older.map((tag) => docker.getImage(tag).remove()));
}

/** The builder that uses the engine's own image store has the name of the client's context. */
export async function readBuilder(): Promise<string> {
  const { stdout } = await execa('docker', ['context', 'show'], { stdin: 'ignore' });
  return stdout.trim() || 'default';
}

function requestFor(
  root: string,
  image: PlannedImage,
  { mirrors, debian }: { readonly mirrors: Mirrors; readonly debian: string | undefined },
): BuildRequest {
  const known: Readonly<Record<string, string | undefined>> = {
    DEBIAN: debian,
    APT_MIRROR: mirrors.debian,
    APT_SECURITY_MIRROR: mirrors.debianSecurity,
    NPM_REGISTRY: mirrors.npmRegistry,
    GOPROXY: mirrors.goProxy,
    GOSUMDB: mirrors.goSumDb,
    MAVEN_REPOSITORY: mirrors.mavenRepository,
    REVISION: image.revision,
  };
  const args = image.args.flatMap((name) => {
    const value = known[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const images = image.dependencies.map(
    (other) => [`holdfast/${other.spec.name}:dev`, `docker-image://${other.tag}`] as const,
  );
  return {
    name: image.spec.name,
    root,
    dockerfile: image.spec.dockerfile,
    target: image.spec.target,
    tags: [image.tag, ...image.aliases],
    labels: { 'org.holdfast': '1' },
    args: Object.fromEntries(args),
    contexts: Object.fromEntries([...images, ...(image.usesAuthorities ? [['hostca', AUTHORITIES] as const] : [])]),
  };
}

/**
 * Runs `build` for every image, dependencies first, one at a time in each lane. After a failure it starts no further build, waits for running
 * builds, whose images the next call reuses, and throws the first failure.
 */
export async function runLanes(
  images: readonly PlannedImage[],
  build: (image: PlannedImage) => Promise<void>,
): Promise<void> {
  const waiting = new Set(images);
  const unfinished = new Set(images);
  const running = new Map<ImageSpec['lane'], Promise<void>>();
  const failures: unknown[] = [];
  const isReady = (image: PlannedImage): boolean => !image.dependencies.some((other) => unfinished.has(other));
  const run = async (image: PlannedImage): Promise<void> => {
    try {
      await build(image);
      unfinished.delete(image);
    } catch (error) {
      failures.push(error);
    } finally {
      running.delete(image.spec.lane);
    }
  };
  for (;;) {
    for (const image of failures.length === 0 ? waiting : []) {
      if (running.has(image.spec.lane) || !isReady(image)) continue;
      waiting.delete(image);
      running.set(image.spec.lane, run(image));
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
}
