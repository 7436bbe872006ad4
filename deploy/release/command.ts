import type { Command } from 'commander';
import { EXIT, HoldfastError } from '../../kit/errors.ts';
import { openHosts } from '../../kit/hosts.ts';
import { openProgress } from '../../kit/progress.ts';
import { openStackLock } from '../../kit/stack-lock.ts';
import { runChange, type ChangeOptions } from '../change/run-change.ts';
import type { ChangeWatch } from '../model/change-watch.ts';
import { buildAppImage } from '../images/app-image.ts';
import type { RenderedFiles } from '../model/rendered-file.ts';
import type { Topology } from '../model/topology.ts';
import { describeConfidence, type RolloutLimits } from './decide-stop.ts';
import { listReleases, renderReleases } from './list-releases.ts';
import { release, releaseWorkTree, rollback, type ReleaseEnd, type ReleaseOptions } from './release.ts';
import { DEFAULT_LIMITS } from './roll-out.ts';

interface ReleaseContext {
  readonly topology: Topology;
  readonly files: RenderedFiles;
  readonly signal: AbortSignal;
  /** Names of the burn-rate alerts of all SLOs. */
  readonly burnAlerts: readonly string[];
  readonly openChangeWatch: (what: string) => Promise<ChangeWatch>;
}

interface Flags {
  readonly bake: number;
  readonly readyWithin: number;
}

const EXIT_CODES =
  '\nExit codes: 0 all hosts run the release, 1 it was stopped and the hosts were returned to the release before.';

/** Registers `release`, `release list` and `rollback`. */
export function registerReleaseCommands(program: Command, context: ReleaseContext): void {
  const { topology, signal } = context;
  const run = async (
    what: string,
    { bake, readyWithin }: Flags,
    act: (options: ReleaseOptions) => Promise<ReleaseEnd>,
  ) => {
    await using _lock = await openStackLock(what, 'change');
    const progress = openProgress();
    const limits: RolloutLimits = { bakeMs: bake * 1_000, readyMs: readyWithin * 1_000 };
    try {
      const ends: ReleaseEnd[] = [];
      const options: ChangeOptions = {
        ...{ context: { topology, hosts: openHosts() }, signal, onProgress: progress.report },
        openWatch: () => context.openChangeWatch(what),
        findProblem: () => (ends[0]?.result === 'returned' ? `returned: ${ends[0].reason ?? ''}` : undefined),
      };
      // The rollout has limits of its own for errors, so that it only needs the silences of the watch.
      await runChange(options, { what, operation: { kind: 'release' }, reason: what }, async ({ watch, ...hooks }) => {
        ends.push(
          await act({
            ...{ topology, files: context.files, limits, burnAlerts: context.burnAlerts, signal },
            onProgress: progress.report,
            hooks: {
              ...hooks,
              ...(watch === undefined ? {} : { watch: { ...watch, findHarm: () => Promise.resolve('') } }),
            },
          }),
        );
      });
      progress.stop();
      const [end] = ends;
      if (end === undefined) throw new Error('the rollout has no end');
      console.log(renderEnd(end));
      process.exitCode = end.result === 'done' ? EXIT.held : EXIT.violated;
    } finally {
      progress.stop();
    }
  };
  const addLimits = (command: Command): Command =>
    command
      .option(
        '--bake <seconds>',
        'time to observe each host before the next one',
        parseSeconds,
        DEFAULT_LIMITS.bakeMs / 1_000,
      )
      .option(
        '--ready-within <seconds>',
        'time from the start of a host until it must be healthy',
        parseSeconds,
        DEFAULT_LIMITS.readyMs / 1_000,
      );

  const command = addLimits(
    program
      .command('release')
      .description('build the application of a commit and roll it out host by host; return by itself if it fails')
      .argument('[commit]', 'commit, branch or tag of this repository')
      .option('--work-tree', 'roll out the work tree instead; from then on, `up` gives hosts its image again'),
  )
    .addHelpText(
      'after',
      `
A release stays when \`up\` runs, whatever the work tree contains. It is refused if it cannot run beside the one before: a migration that does more than
add, or other formats of sessions, cached objects or hashes. The hosts are returned if a host is not ready in time, more than 1 % of requests fail and
more than twice as many as before, or an SLO burn-rate alert fires.
${EXIT_CODES}`,
    )
    .action(async (commit: string | undefined, flags: Flags & { readonly workTree?: boolean }) => {
      if ((commit === undefined) === (flags.workTree !== true)) {
        throw new HoldfastError('usage', 'Name either a commit or --work-tree.', {
          fix: 'Such as `./holdfast release HEAD`. `./holdfast release list` shows earlier releases.',
        });
      }
      if (commit === undefined) await run('release --work-tree', flags, releaseWorkTree);
      else {
        await run(`release ${commit}`, flags, async (options) =>
          release(await buildAppImage({ commit }, options), options),
        );
      }
    });

  command
    .command('list')
    .description('show the current release, the version that each host runs, and earlier rollouts')
    .option('--json', 'print the list as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const list = await listReleases(topology, openHosts());
      console.log(json === true ? JSON.stringify(list, null, 2) : renderReleases(list));
    });

  addLimits(
    program
      .command('rollback')
      .description(
        'return to the release before the current one, host by host; after an interrupted rollout, to the current one',
      ),
  )
    .addHelpText('after', EXIT_CODES)
    .action(async (flags: Flags) => {
      await run('rollback', flags, rollback);
    });
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 3_600) return seconds;
  throw new HoldfastError('usage', `The time must be a whole number of seconds from 1 to 3600, not ${text}.`);
}

function renderEnd({ result, reason, counts, from, to }: ReleaseEnd): string {
  const requests = describeConfidence(counts);
  if (result === 'done') return `All application hosts run ${to.version}. Since its first host: ${requests}.`;
  return `${to.version} was stopped: ${reason ?? ''}.\nAll application hosts run ${from.version} again. While ${to.version} ran: ${requests}.`;
}
