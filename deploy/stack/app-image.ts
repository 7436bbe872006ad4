/** The image of the application hosts: that of the current release, or that of the work tree. */
import { HoldfastError } from '../../kit/errors.ts';
import { ownIdentity } from '../../kit/process-identity.ts';
import { buildAppImage, readAppImageId } from '../images/app-image.ts';
import { readImageIds } from '../images/images.ts';
import { openRollout, readReleaseRecord, updateRollout, wantedRelease, writeReleaseRecord } from './release-record.ts';

/** Variable in compose.yaml with the image of the application hosts. Without it, they run that of the work tree. */
export const APP_IMAGE = 'HOLDFAST_APP_IMAGE';

/** Environment of Docker Compose: {@link APP_IMAGE} for a release, else empty. */
export async function composeEnvironment(): Promise<Readonly<Record<string, string>>> {
  const release = wantedRelease(await readReleaseRecord(), ownIdentity());
  return { [APP_IMAGE]: release?.tag ?? '' };
}

/** The ID of the image that each tier should run; images that have to be built are missing. Builds nothing. */
export async function readWantedImageIds(): Promise<ReadonlyMap<string, string>> {
  const [ids, record] = await Promise.all([readImageIds(), readReleaseRecord()]);
  const release = wantedRelease(record, ownIdentity());
  if (release === undefined) return ids;
  const id = await readAppImageId(release.tag);
  const others = [...ids].filter(([name]) => name !== 'app');
  return new Map(id === undefined ? others : [...others, ['app', id]]);
}

/**
 * For `up`, before it compares hosts: ends an interrupted rollout in the record, so that its hosts are returned, and reports that. Builds the image of
 * the current release again if the engine has lost it. Throws `image-build-failed` if the image was that of a work tree.
 */
export async function ensureReleasedImage(options: {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}): Promise<void> {
  const record = await readReleaseRecord();
  const { current } = record;
  const rollout = openRollout(record);
  if (rollout !== undefined) {
    options.onProgress(
      `application: the rollout of ${rollout.to.version} was interrupted, so all hosts get ${rollout.from.version} again`,
    );
    await writeReleaseRecord(updateRollout(record, { result: 'interrupted', endedAt: new Date().toISOString() }));
  }
  if (current === undefined) return;
  options.onProgress(`application: release ${current.version}, whatever the work tree contains`);
  if ((await readAppImageId(current.tag)) !== undefined) return;
  if (current.commit === null) {
    throw new HoldfastError('image-build-failed', `The image of release ${current.version} does not exist any more.`, {
      fix: 'It was built from a work tree. Run `./holdfast release --work-tree`, or release a commit.',
    });
  }
  await buildAppImage({ commit: current.commit, version: current.version }, options);
}
