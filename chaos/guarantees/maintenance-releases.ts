import { SLOS } from '../../alerts/slo/slos.ts';
import { buildAppImage, readAppImageId, readAppVersion, type AppImage } from '../../deploy/images/app-image.ts';
import { hostsOf } from '../../deploy/model/topology.ts';
import type { Observation, StackContext } from '../../deploy/observe/observation.ts';
import { redundancyOf } from '../../deploy/observe/redundancy.ts';
import { endTrial, tryRelease, type ReleaseEnd, type ReleaseOptions } from '../../deploy/release/release.ts';
import { DEFAULT_LIMITS } from '../../deploy/release/roll-out.ts';
import { tierAtOnce } from '../changes/tier-at-once.ts';
import type { ChangeRun, MaintenanceGuarantee, PrepareOptions } from './guarantee.ts';
import { maintenance, UNNOTICED } from './maintenance-claim.ts';

/** Versions of two images of the same commit, so that only the version differs. */
const VERSIONS = ['prove-a', 'prove-b'] as const;
const BAD = { 'never-ready': 'prove-never-ready', 'fail-requests': 'prove-failing' } as const;

/** Limits of a rollout: the defaults, with shorter deadlines, because the images are known. */
const LIMITS = { ...DEFAULT_LIMITS, bakeMs: 5_000, readyMs: 20_000 };

/** Requests that a release with 2 % errors may harm until it is returned: its host serves half of 100 requests/s for the bake time and the return. */
const HARMED = 30;

async function build(version: string, { signal, onProgress }: PrepareOptions): Promise<AppImage> {
  return buildAppImage({ commit: 'HEAD', version }, { signal, onProgress });
}

function optionsOf({ context, files, signal, onProgress, onStep, onDone, watch }: ChangeRun): ReleaseOptions {
  const hooks = {
    ...(onStep === undefined ? {} : { onStep }),
    ...(onDone === undefined ? {} : { onDone }),
    ...(watch === undefined ? {} : { watch }),
  };
  return {
    ...{ topology: context.topology, files, signal, onProgress, hooks, limits: LIMITS },
    burnAlerts: SLOS.flatMap(({ alerts }) => [alerts.fast, alerts.slow]),
  };
}

/** Whether the containers of all application hosts have this version, by the labels of their images. */
async function observeVersion({ topology, hosts }: StackContext, version: string): Promise<Observation> {
  const states = await hosts.list();
  const versions = await Promise.all(
    hostsOf(topology, 'app').map(async ({ name }) => ({
      name,
      version: await readAppVersion(states.get(name)?.imageId ?? ''),
    })),
  );
  const text = versions.map((one) => `${one.name} runs ${one.version}`).join(', ');
  return { seen: versions.every((one) => one.version === version), text };
}

async function imageOf(version: string): Promise<AppImage> {
  const tag = `holdfast/app:release-${version}`;
  if ((await readAppImageId(tag)) === undefined) throw new Error(`the image ${tag} was not built`);
  return { version, commit: null, tag };
}

async function returnRelease({ topology, files, signal, onProgress }: PrepareOptions): Promise<void> {
  await endTrial({ topology, files, signal, onProgress, limits: DEFAULT_LIMITS, burnAlerts: [] });
}

export const appRoll: MaintenanceGuarantee = {
  ...maintenance({
    id: 'maintenance/app-roll',
    claim: 'A new version of the application is rolled out, and clients see both versions and no failure.',
    eventMs: 180_000,
    chooseChange: (world) =>
      Promise.resolve({
        description: 'the application gets a new version, host by host',
        targets: hostsOf(world.topology, 'app').map(({ name }) => name),
        why: 'they are all application hosts',
        redundancy: redundancyOf(world.topology, 'app'),
        operation: { kind: 'release' },
        perform: async (run) => {
          const version = VERSIONS[run.event % VERSIONS.length] ?? VERSIONS[0];
          const { result, reason } = await tryRelease(await imageOf(version), optionsOf(run));
          const observed = await observeVersion(run.context, version);
          return result === 'done' ? observed : { seen: false, text: `the release was returned: ${reason ?? ''}` };
        },
        controls: [tierAtOnce('app')],
      }),
  }),
  prepare: async (options) => {
    for (const version of VERSIONS) await build(version, options);
  },
  restore: returnRelease,
};

export const appBadRelease: MaintenanceGuarantee = {
  ...maintenance({
    id: 'maintenance/app-bad-release',
    claim: 'A version that never becomes ready, and one that fails 2 % of its requests, are found and taken back.',
    budgets: [{ kind: 'failed', most: HARMED }, ...UNNOTICED.filter(({ kind }) => kind === 'lost-writes')],
    // The host with the version that never becomes ready is lost until it is taken back, and 2 % of errors may be noticed first.
    mayDeliver: ['AppHostLost', 'AppRedundancyLost', 'HighErrorRate'],
    eventMs: 240_000,
    chooseChange: async (world) => {
      const before = await readAppVersion((await world.hosts.state('app1'))?.imageId ?? '');
      return {
        description: 'two versions that must not stay are released',
        targets: hostsOf(world.topology, 'app').map(({ name }) => name),
        why: 'they are all application hosts',
        redundancy: redundancyOf(world.topology, 'app'),
        operation: { kind: 'release' },
        perform: async (run) => {
          const ends: ReleaseEnd[] = [];
          for (const version of Object.values(BAD)) ends.push(await tryRelease(await imageOf(version), optionsOf(run)));
          const kept = ends.filter(({ result }) => result !== 'returned').map(({ to }) => to.version);
          const observed = await observeVersion(run.context, before);
          const text = ends
            .map(
              ({ to, reason, counts }) => `${to.version}: ${reason ?? ''}, ${counts.failures} of its requests failed`,
            )
            .join('; ');
          return { seen: kept.length === 0 && observed.seen, text: `${text}; ${observed.text}` };
        },
        controls: [tierAtOnce('app')],
      };
    },
  }),
  prepare: async ({ signal, onProgress }) => {
    for (const [sabotage, version] of Object.entries(BAD)) {
      const options = { sabotage: sabotage as keyof typeof BAD, signal, onProgress };
      await buildAppImage({ commit: 'HEAD', version }, options);
    }
  },
  restore: returnRelease,
};
