import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { isHealthy, openHosts } from '../../kit/hosts.ts';
import { ownIdentity } from '../../kit/process-identity.ts';
import { userName } from '../../kit/user-name.ts';
import { undrainAll } from '../change/drain.ts';
import { makePlan, type PlannedHost } from '../change/plan.ts';
import { rollItem } from '../change/roll-item.ts';
import { roll, type RollOptions } from '../change/roll.ts';
import { waitUntilMet } from '../change/wait-until-met.ts';
import { readAppImageId, removeAppImages } from '../images/app-image.ts';
import { readImageIds } from '../images/images.ts';
import type { RenderedFiles } from '../model/rendered-file.ts';
import { hostsOf, type Topology } from '../model/topology.ts';
import {
  beginRollout,
  completeRollout,
  readReleaseRecord,
  unusedTags,
  updateRollout,
  writeReleaseRecord,
  type Release,
  type Rollout,
} from '../stack/release-record.ts';
import { checkRelease } from './check-release.ts';
import type { Counts } from './counts.ts';
import type { RolloutLimits } from './decide-stop.ts';
import { openWatch, RolloutStopped, type RolloutWatch } from './watch.ts';

export interface RollOutOptions {
  readonly topology: Topology;
  /** The result of `renderAll` for the topology. */
  readonly files: RenderedFiles;
  readonly action: Rollout['action'];
  readonly from: Release;
  readonly to: Release;
  readonly limits: RolloutLimits;
  /** Names of the burn-rate alerts of all SLOs. */
  readonly burnAlerts: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  /** Observers of each host's change: the change journal, and the silences of planned work. */
  readonly hooks?: Pick<RollOptions, 'onStep' | 'onDone' | 'watch'>;
}

/** End of a rollout. */
export interface RolloutEnd {
  readonly result: 'done' | 'returned';
  /** Why the hosts were returned. */
  readonly reason?: string;
  /** Requests that hosts with the new release answered and failed, until they were returned. */
  readonly counts: Counts;
}

/** From the creation of a host until it is healthy: a start takes 3 to 10 s, and the migrations of a release may take longer. */
const READY_MS = 60_000;
const BAKE_MS = 10_000;

export const DEFAULT_LIMITS: RolloutLimits = { readyMs: READY_MS, bakeMs: BAKE_MS };

/**
 * Rolls a release out to the application hosts, one at a time, and observes each for `bakeMs` before the next one. When a host does not become ready,
 * errors rise or an error budget burns, it returns all changed hosts to `from` in the same way. The lock of the stack must be held.
 *
 * The record names the rollout before the first host changes. After a kill, `up` and a rollback return the hosts, and the same rollout continues.
 * Throws `release-refused` before any change, `release-failed` if the hosts could not be returned, and the reason of `signal`.
 */
export async function rollOut(options: RollOutOptions): Promise<RolloutEnd> {
  const { topology, action, from, to, limits, burnAlerts, signal, onProgress } = options;
  const context = { topology, hosts: openHosts() };
  for (const name of await undrainAll(context))
    onProgress(`${name} serves again: an interrupted change had drained it`);
  await requireUnchangedHosts(options);
  const migrations = await checkRelease(options);
  const rollout: Rollout = {
    ...{ startedAt: new Date().toISOString(), by: userName(), action, from, to },
    ...{ direction: 'forward', result: 'running', owner: ownIdentity() },
  };
  await writeReleaseRecord(beginRollout(await readReleaseRecord(), rollout, migrations));
  const imageId = await readAppImageId(to.tag);
  if (imageId === undefined) throw new Error(`the image ${to.tag} does not exist`);
  await using watch = await openWatch({ context, imageId, burnAlerts, limits });
  try {
    // The place of a canary: one host with the new release beside a fresh host with the old one, compared before the first host is replaced.
    await changeHosts(options, { watch, signal: AbortSignal.any([signal, watch.stopped]) });
  } catch (error) {
    const counts = watch.counts().after;
    if (signal.aborted) {
      await endRollout({ result: 'interrupted', reason: 'interrupted by the user', ...counts });
      throw interrupted(options);
    }
    const reason = error instanceof RolloutStopped || error instanceof HoldfastError ? error.message : messageOf(error);
    return await returnHosts(options, { watch, reason });
  }
  const counts = watch.counts().after;
  const isWorkTree = to.commit === null && imageId === (await readImageIds()).get('app');
  const done = completeRollout(await readReleaseRecord(), { endedAt: new Date().toISOString(), isWorkTree, ...counts });
  await writeReleaseRecord(done);
  await removeAppImages(unusedTags(done));
  return { result: 'done', counts };
}

/** The application hosts that do not run the wanted release, as the record has it now. */
async function findOtherHosts({
  topology,
  files,
}: Pick<RollOutOptions, 'topology' | 'files'>): Promise<readonly PlannedHost[]> {
  const plan = await makePlan(topology, files);
  return plan.filter(({ host, action }) => host.tier === 'app' && host.enabled && action !== 'nothing');
}

/** Reasons of {@link decideChange} that concern the release, or an interruption of an earlier rollout. */
const OWN_REASONS: readonly string[] = ['new image', 'an interrupted change', 'not running'];

/** Throws `release-refused` if an application host differs from the topology in more than its image: a release changes nothing else. */
async function requireUnchangedHosts(options: RollOutOptions): Promise<void> {
  const others = (await findOtherHosts(options)).flatMap(({ host, reasons }) =>
    reasons.filter((reason) => !OWN_REASONS.includes(reason)).map((reason) => `${host.name} (${reason})`),
  );
  if (others.length === 0) return;
  throw new HoldfastError(
    'release-refused',
    `Hosts differ from the topology in more than their release: ${others.join(', ')}.`,
    { fix: 'Apply that change first, with `./holdfast up`.' },
  );
}

interface ChangeOptions {
  readonly watch: RolloutWatch;
  readonly signal: AbortSignal;
}

async function changeHosts(options: RollOutOptions, { watch, signal }: ChangeOptions): Promise<void> {
  const { topology, from, to, onProgress, hooks } = options;
  const context = { topology, hosts: openHosts() };
  const others = await findOtherHosts(options);
  // Hosts that an interrupted rollout gave this release have not been observed to the end.
  const early = hostsOf(topology, 'app').filter(({ name }) => !others.some(({ host }) => host.name === name));
  const isNew = (await readAppImageId(from.tag)) !== (await readAppImageId(to.tag));
  if (isNew && early.length > 0) await observe(options, { names: early.map(({ name }) => name), watch, signal });
  for (const planned of others) {
    await roll([rollItem(planned)], { ...hooks, context, signal, onProgress });
    await observe(options, { names: [planned.host.name], watch, signal });
  }
}

/** Waits until hosts with the new release are healthy, and observes them for `bakeMs`. Throws the reason of `signal`. */
async function observe(
  { to, limits, onProgress }: RollOutOptions,
  { names, watch, signal }: ChangeOptions & { readonly names: readonly string[] },
): Promise<void> {
  const hosts = openHosts();
  const findUnhealthy = async (): Promise<string> => {
    const states = await hosts.list();
    const unhealthy = names.filter((name) => !isHealthy(states.get(name)));
    return unhealthy.length === 0 ? '' : `${unhealthy.join(', ')} is not healthy yet`;
  };
  // The watch stops the rollout after `readyMs`.
  const wait = { deadlineMs: 2 * limits.readyMs, signal, onWait: onProgress };
  const unmet = await waitUntilMet(findUnhealthy, wait);
  if (unmet !== '') throw new RolloutStopped(unmet);
  onProgress(`${names.join(', ')}: observing ${to.version} for ${limits.bakeMs / 1_000} s`);
  await sleep(limits.bakeMs, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  await watch.poll();
  signal.throwIfAborted();
}

async function returnHosts(
  options: RollOutOptions,
  { watch, reason }: { readonly watch: RolloutWatch; readonly reason: string },
): Promise<RolloutEnd> {
  const { topology, from, to, signal, onProgress, hooks } = options;
  const context = { topology, hosts: openHosts() };
  onProgress(`returning to ${from.version}: ${reason}`);
  await writeReleaseRecord(updateRollout(await readReleaseRecord(), { direction: 'back', reason }));
  try {
    // The release that is taken back may have made several hosts unhealthy, so that none has the redundancy that a roll requires.
    const items = (await findOtherHosts(options)).map(rollItem);
    await roll(items, { ...hooks, context, signal, onProgress, isForced: true });
  } catch (error) {
    if (signal.aborted) {
      await endRollout({ result: 'interrupted', ...watch.counts().after });
      throw interrupted(options);
    }
    await endRollout({ result: 'failed', ...watch.counts().after });
    throw new HoldfastError(
      'release-failed',
      `${to.version} was stopped (${reason}), and the hosts could not be returned to ${from.version}: ${messageOf(error)}`,
      { cause: error, fix: 'Check `./holdfast status`, then repeat `./holdfast rollback`.' },
    );
  }
  await watch.poll();
  const counts = watch.counts().after;
  await endRollout({ result: 'returned', ...counts });
  return { result: 'returned', reason, counts };
}

async function endRollout(change: Pick<Rollout, 'result' | 'reason' | 'requests' | 'failures'>): Promise<void> {
  const { reason, ...rest } = change;
  const ended = { ...rest, ...(reason === undefined ? {} : { reason }), endedAt: new Date().toISOString() };
  await writeReleaseRecord(updateRollout(await readReleaseRecord(), ended));
}

function interrupted({ from, to }: RollOutOptions): HoldfastError {
  return new HoldfastError(
    'interrupted',
    `Interrupted: some application hosts may run ${to.version}, others ${from.version}.`,
    {
      fix: `Return all to ${from.version} with \`./holdfast rollback\`, or repeat the command to continue.`,
    },
  );
}
