/** Plans which images to build, in which order and with which tag. The tag is a hash of all inputs of an image. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { HoldfastError } from '../../kit/errors.ts';
import { hashInputs, listInputFiles, parseDockerfile, type DockerfileInputs } from './inputs.ts';

/** One image. Its inputs are read from its Dockerfile. */
export interface ImageSpec {
  /** The image is `holdfast/NAME`. */
  readonly name: string;
  /** Relative to the repository's root. */
  readonly dockerfile: string;
  readonly target?: string;
  /** At most two images are built at a time, one of each lane: `compile` is limited by the CPU, `assemble` by the network. */
  readonly lane: 'compile' | 'assemble';
  /** Built only if it is requested by name, because no host runs it. */
  readonly onDemand?: boolean;
}

export interface PlannedImage {
  readonly spec: ImageSpec;
  /** `holdfast/NAME:HASH`, twelve hexadecimal digits. */
  readonly tag: string;
  /** Other tags of the image: `dev`, and its revision, if any. */
  readonly aliases: readonly string[];
  readonly dependencies: readonly PlannedImage[];
  /** Build arguments that its Dockerfile declares. */
  readonly args: readonly string[];
  /** Whether it contains the certificate authorities of the building machine. */
  readonly usesAuthorities: boolean;
  /** Commit of the image's inputs, with `-dirty` if there are uncommitted changes; undefined if the Dockerfile has no `ARG REVISION`. */
  readonly revision: string | undefined;
}

interface PlanOptions {
  /** Root of the repository, which is the build context. */
  readonly root: string;
  readonly specs: readonly ImageSpec[];
  /** Names of the requested images; their dependencies are planned too. Default: all except for those on demand. */
  readonly only?: readonly string[] | undefined;
  /** Overrides the revision of all images. Default: the last commit that changed the inputs of the image. */
  readonly revision?: string | undefined;
  /** Folder with the machine's certificate authorities, an input of the base image. */
  readonly authorities: string;
}

/**
 * Plans images, each after its dependencies. Throws `usage` for an unknown image name, and `image-build-failed` for a Dockerfile that is
 * missing, uses an unknown image or depends on itself.
 */
export async function planImages({
  root,
  specs,
  only,
  revision,
  authorities,
}: PlanOptions): Promise<readonly PlannedImage[]> {
  const unknown = only?.filter((name) => !specs.some((spec) => spec.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new HoldfastError('usage', `There is no image ${unknown.join(', ')}.`, {
      fix: `Images are ${specs.map(({ name }) => name).join(', ')}.`,
    });
  }
  const planned = new Map<string, PlannedImage>();
  const plan = async (spec: ImageSpec, path: readonly string[]): Promise<PlannedImage> => {
    const known = planned.get(spec.name);
    if (known !== undefined) return known;
    if (path.includes(spec.name)) throw unplannable(spec, `stands on itself (${[...path, spec.name].join(' → ')})`);
    const inputs = await readInputs(root, spec);
    const dependencies: PlannedImage[] = [];
    for (const name of inputs.images) {
      const other = specs.find((candidate) => candidate.name === name);
      if (other === undefined)
        throw unplannable(spec, `uses holdfast/${name}, which deploy/images/images.ts does not know`);
      dependencies.push(await plan(other, [...path, spec.name]));
    }
    const image = await describe(root, { spec, inputs, dependencies, revision, authorities });
    planned.set(spec.name, image);
    return image;
  };
  for (const spec of specs.filter(({ name, onDemand = false }) => only?.includes(name) ?? !onDemand))
    await plan(spec, []);
  return specs.flatMap(({ name }) => planned.get(name) ?? []);
}

async function readInputs(root: string, spec: ImageSpec): Promise<DockerfileInputs> {
  try {
    return parseDockerfile(await readFile(join(root, spec.dockerfile), 'utf8'), spec.target);
  } catch (error) {
    throw unplannable(spec, `has no usable ${spec.dockerfile}`, error);
  }
}

interface Parts {
  readonly spec: ImageSpec;
  readonly inputs: DockerfileInputs;
  readonly dependencies: readonly PlannedImage[];
  readonly revision: string | undefined;
  readonly authorities: string;
}

async function describe(root: string, parts: Parts): Promise<PlannedImage> {
  const { spec, inputs, dependencies, authorities } = parts;
  const sources = [spec.dockerfile, ...inputs.sources];
  const usesAuthorities = inputs.stages.includes('hostca');
  const revision = inputs.args.includes('REVISION')
    ? (parts.revision ?? (await readRevision(root, sources)))
    : undefined;
  const extra = [spec.target ?? '', revision ?? '', ...dependencies.map((other) => other.tag)];
  if (usesAuthorities) extra.push(await hashInputs(authorities, await listInputFiles(authorities, ['*.crt']), []));
  const hash = await hashInputs(root, await listInputFiles(root, sources), extra);
  const names = ['dev', ...(revision === undefined ? [] : [revision])];
  return {
    spec,
    tag: `holdfast/${spec.name}:${hash.slice(0, 12)}`,
    aliases: names.map((name) => `holdfast/${spec.name}:${name}`),
    dependencies,
    args: inputs.args,
    usesAuthorities,
    revision,
  };
}

/** The last commit that changed the inputs; `unversioned` outside a checkout. */
async function readRevision(root: string, sources: readonly string[]): Promise<string> {
  const git = async (args: readonly string[]): Promise<string> => {
    const result = await execa('git', [...args, '--', ...sources], { cwd: root, reject: false, stdin: 'ignore' });
    return result.failed ? '' : result.stdout.trim();
  };
  const [commit, changed] = await Promise.all([
    git(['log', '-1', '--format=%h', '--abbrev=12']),
    git(['status', '--porcelain']),
  ]);
  if (commit === '') return 'unversioned';
  return changed === '' ? commit : `${commit}-dirty`;
}

function unplannable(spec: ImageSpec, what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('image-build-failed', `The image ${spec.name} ${what}.`, {
    cause,
    fix: `Correct ${spec.dockerfile}.`,
  });
}
