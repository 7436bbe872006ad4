import { HoldfastError } from '../../kit/errors.ts';
import type { Release, ReleaseRecord, Rollout } from '../stack/release-record.ts';

/** What application hosts run: name → image ID. */
export type RunningImages = ReadonlyMap<string, string>;

/**
 * The release that hosts return to if a rollout fails: the current one of the record. Without one the hosts follow the work tree; then it is the image
 * that they run, by ID, or the release from before an unfinished rollout. `unfinishedId`: ID of the image of that rollout. Throws `release-refused`
 * if hosts run different images and the record does not explain it.
 */
export function chooseFrom(
  record: ReleaseRecord,
  images: RunningImages,
  unfinishedId: string | undefined,
): Release | { readonly imageId: string } {
  if (record.current !== undefined) return record.current;
  const [imageId, ...others] = [...new Set(images.values())];
  if (imageId !== undefined && others.length === 0 && imageId !== unfinishedId) return { imageId };
  const rollout = unfinishedRollout(record);
  if (rollout !== undefined) return rollout.from;
  throw new HoldfastError('release-refused', 'Application hosts run different images, and no rollout is on record.', {
    fix: 'Give all of them the image of the work tree with `./holdfast up`, then repeat the command.',
  });
}

/** The last rollout, if it may have left hosts with its release. A trial always may: it never becomes the current release. */
export function unfinishedRollout({ history }: ReleaseRecord): Rollout | undefined {
  const last = history.at(-1);
  return last?.action !== 'trial' && (last?.result === 'done' || last?.result === 'returned') ? undefined : last;
}

/**
 * The releases of a rollback. `isAside`: a host does not run the current release. Hosts that an interrupted or failed rollout left with another release are returned to the current one (`from` and `to` are
 * the same). Otherwise the previous release replaces the current one. Throws `usage` without a previous release.
 */
export function chooseRollback(
  record: ReleaseRecord,
  from: Release,
  isAside: boolean,
): { readonly from: Release; readonly to: Release } {
  if (isAside && unfinishedRollout(record) !== undefined) return { from, to: from };
  if (record.previous !== undefined) return { from, to: record.previous };
  throw new HoldfastError('usage', 'There is no release before the current one.', {
    fix: 'Run `./holdfast release COMMIT` with the commit that should run.',
  });
}
