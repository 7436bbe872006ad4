/** Releases of the application: to an image of a commit, to that of the work tree, and back. */
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts } from '../../kit/hosts.ts';
import { checkStackOwner } from '../stack/check-stack-owner.ts';
import {
  buildAppImage,
  readAppImageId,
  readAppVersion,
  releaseTag,
  tagImage,
  type AppImage,
} from '../images/app-image.ts';
import { buildImages } from '../images/images.ts';
import { hostsOf, type Topology } from '../model/topology.ts';
import { readReleaseRecord, type Release, type Rollout } from '../stack/release-record.ts';
import { chooseFrom, chooseRollback, unfinishedRollout, type RunningImages } from './choose-releases.ts';
import { rollOut, type RollOutOptions, type RolloutEnd } from './roll-out.ts';

export type ReleaseOptions = Pick<
  RollOutOptions,
  'topology' | 'files' | 'limits' | 'burnAlerts' | 'signal' | 'onProgress' | 'hooks'
>;

/** End of a release or rollback, with both releases. */
export interface ReleaseEnd extends RolloutEnd {
  readonly from: Release;
  readonly to: Release;
}

/** Rolls an image out to all application hosts ({@link rollOut}). Throws `stack-down` if none runs. */
export async function release(image: AppImage, options: ReleaseOptions): Promise<ReleaseEnd> {
  return rollOutImage('release', image, options);
}

/** {@link release} for a test. The current release stays the one that `up` and a rollback return to, also if this process is killed. */
export async function tryRelease(image: AppImage, options: ReleaseOptions): Promise<ReleaseEnd> {
  return rollOutImage('trial', image, options);
}

/** Returns all hosts from a trial to the release that they had before. */
export async function endTrial(options: ReleaseOptions): Promise<void> {
  const current = await readFrom(options.topology);
  await requireImage(current, options);
  await rollOut({ ...options, action: 'trial', from: current, to: current });
}

async function rollOutImage(
  action: Rollout['action'],
  { version, commit, tag }: AppImage,
  options: ReleaseOptions,
): Promise<ReleaseEnd> {
  const from = await readFrom(options.topology);
  const to = { version, commit, tag };
  return { ...(await rollOut({ ...options, action, from, to })), from, to };
}

/** Builds the application of the work tree and rolls it out. From then on, the hosts follow the work tree: `up` gives them its image. */
export async function releaseWorkTree(options: ReleaseOptions): Promise<ReleaseEnd> {
  const tags = await buildImages({ only: ['app'], signal: options.signal, onProgress: options.onProgress });
  const id = await readAppImageId(tags.get('app') ?? '');
  if (id === undefined) throw new Error('the image of the work tree was not built');
  return await release(await keepImage(id), options);
}

/**
 * Replaces the current release with the one before it, in the same way. After an interrupted rollout, it returns all hosts to the current release. Throws
 * `usage` if there is no release before the current one.
 */
export async function rollback(options: ReleaseOptions): Promise<ReleaseEnd> {
  const current = await readFrom(options.topology);
  const currentId = await requireImage(current, options);
  const images = await readRunningImages(options.topology);
  // A host that does not run was being replaced.
  const isAside = hostsOf(options.topology, 'app').some(({ name }) => images.get(name) !== currentId);
  const { from, to } = chooseRollback(await readReleaseRecord(), current, isAside);
  await requireImage(to, options);
  return { ...(await rollOut({ ...options, action: 'rollback', from, to })), from, to };
}

/** The release that hosts return to if a rollout fails. */
async function readFrom(topology: Topology): Promise<Release> {
  await checkStackOwner();
  const images = await readRunningImages(topology);
  if (images.size === 0) {
    throw new HoldfastError('stack-down', 'No application host runs.', {
      fix: 'Start the stack with `./holdfast up`.',
    });
  }
  const record = await readReleaseRecord();
  const unfinished = unfinishedRollout(record);
  const unfinishedId = unfinished === undefined ? undefined : await readAppImageId(unfinished.to.tag);
  const from = chooseFrom(record, images, unfinishedId);
  return 'imageId' in from ? keepImage(from.imageId) : from;
}

async function readRunningImages(topology: Topology): Promise<RunningImages> {
  const states = await openHosts().list();
  return new Map(
    hostsOf(topology, 'app').flatMap(({ name }) => {
      const state = states.get(name);
      return state?.running === true ? [[name, state.imageId] as const] : [];
    }),
  );
}

/** Gives the image of a work tree a tag that the next build does not remove. */
async function keepImage(imageId: string): Promise<AppImage> {
  const tag = releaseTag(`work-tree-${imageId.replace('sha256:', '').slice(0, 12)}`);
  await tagImage(imageId, tag);
  return { version: await readAppVersion(imageId), commit: null, tag };
}

/** The image ID of a release. Builds the image again if the engine has lost it. */
async function requireImage(
  { version, commit, tag }: Release,
  options: Pick<ReleaseOptions, 'signal' | 'onProgress'>,
): Promise<string> {
  const id = await readAppImageId(tag);
  if (id !== undefined) return id;
  if (commit !== null) await buildAppImage({ commit, version }, options);
  const built = await readAppImageId(tag);
  if (built !== undefined) return built;
  throw new HoldfastError('release-refused', `The image of release ${version} does not exist any more.`, {
    fix: 'It was built from a work tree. Run `./holdfast release COMMIT` with the commit that should run.',
  });
}
