/** Which images there are to build, in which order, under which tag: the tag is the hash of everything that an image is made from. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { HoldfastError } from '../../kit/errors.ts';
import { hashInputs, listInputFiles, parseDockerfile, type DockerfileInputs } from './inputs.ts';

/** One image. What it is made from is read from its Dockerfile. */
export interface ImageSpec {
  /** The image is `holdfast/NAME`. */
  readonly name: string;
  /** Relative to the repository's root. */
  readonly dockerfile: string;
  readonly target?: string;
  /** Two images are built at a time at most, one of each lane: compilers take the processor, the rest waits for the network. */
  readonly lane: 'compile' | 'assemble';
  /** Built only when it is asked for by its name: no host runs it. */
  readonly onDemand?: boolean;
}

export interface PlannedImage {
  readonly spec: ImageSpec;
  /** `holdfast/NAME:HASH`, twelve hexadecimal digits. */
  readonly tag: string;
  /** Other tags that must point at it: `dev`, and the revision where the image has one. */
  readonly aliases: readonly string[];
  readonly dependencies: readonly PlannedImage[];
  /** Build arguments that its Dockerfile declares. */
  readonly args: readonly string[];
  /** Lets in the certificate authorities of the building machine. */
  readonly usesAuthorities: boolean;
  /** Commit of the image's inputs, with `-dirty` for what is not committed; undefined where the Dockerfile has no `ARG REVISION`. */
  readonly revision: string | undefined;
}

interface PlanOptions {
  /** Root of the repository, which is the build context. */
  readonly root: string;
  readonly specs: readonly ImageSpec[];
  /** Names of the images wanted; those they stand on are planned too. Default: all but those on demand. */
  readonly only?: readonly string[] | undefined;
  /** Folder with the machine's certificate authorities: others, another base. */
  readonly authorities: string;
}

/**
 * Plans images, each after those it stands on. Throws `usage` for a name that is no image, `image-build-failed` for a Dockerfile that
 * is missing, names an unknown image or stands on itself.
 */
export async function planImages({ root, specs, only, authorities }: PlanOptions): Promise<readonly PlannedImage[]> {
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
    const image = await describe(root, { spec, inputs, dependencies, authorities });
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
  readonly authorities: string;
}

async function describe(root: string, { spec, inputs, dependencies, authorities }: Parts): Promise<PlannedImage> {
  const sources = [spec.dockerfile, ...inputs.sources];
  const usesAuthorities = inputs.stages.includes('hostca');
  const revision = inputs.args.includes('REVISION') ? await readRevision(root, sources) : undefined;
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
