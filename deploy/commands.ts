import { execa } from 'execa';
import type { Command } from 'commander';
import { EXIT, HoldfastError } from '../kit/errors.ts';
import { containerName, openHosts } from '../kit/hosts.ts';
import { nearest } from '../kit/nearest.ts';
import { openProgress } from '../kit/progress.ts';
import { renderProblems } from '../kit/problem.ts';
import { requireNetwork } from '../kit/require-network.ts';
import { openStackLock } from '../kit/stack-lock.ts';
import { findInterrupted } from './change/change-journal.ts';
import { readDrains } from './change/drains.ts';
import { publishExperiments } from './change/experiment-records.ts';
import { makePlan } from './change/plan.ts';
import { renderDrain } from './change/render-drain.ts';
import { renderPlan, toJson } from './change/render-plan.ts';
import { checkTopology } from './model/check-topology.ts';
import { checkMachine } from './machine/doctor.ts';
import { checkStackOwner } from './stack/check-stack-owner.ts';
import { down } from './stack/down.ts';
import { parsePurgePath, purge } from './tiers/edge/purge.ts';
import { readDrift, writeRendered } from './stack/render.ts';
import type { RenderedFiles } from './model/rendered-file.ts';
import { siteNames } from './model/site.ts';
import { readStatus, renderStatus } from './stack/status.ts';
import type { Topology } from './model/topology.ts';
import type { ChangeWatch } from './model/change-watch.ts';
import { howToEnd } from './change/run-change.ts';
import { upWithJournal } from './change/up-with-journal.ts';

/** Dependencies that `cli.ts` passes to the commands. */
export interface CommandContext {
  readonly topology: Topology;
  /** Every file rendered from the topology; rendered on first access. */
  readonly files: RenderedFiles;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Reverts abandoned faults of an interrupted run. */
  readonly heal: (onProgress: (line: string) => void) => Promise<unknown>;
  /** Active silences, as lines of `silence list`; empty if no Alertmanager responds. */
  readonly silences: () => Promise<readonly string[]>;
  /** Faults that are in no fault journal, one line each with the command that reverts it. */
  readonly unrecorded: () => Promise<readonly string[]>;
  /** Watches clients and alerts during a change of the stack. */
  readonly openChangeWatch: (what: string) => Promise<ChangeWatch>;
  /** Silences the alerts that the drains of operators cause, and ends the silences of drains that have ended. Reports a failure as progress. */
  readonly silenceDrains: (onProgress: (line: string) => void) => Promise<void>;
}

export function registerDeployCommands(program: Command, context: CommandContext): void {
  const { topology, signal, heal } = context;

  program
    .command('doctor')
    .description('check Docker, memory, disk and ports of this machine, and name the fix for each problem')
    .option('--json', 'print the problems as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const problems = [...checkTopology(topology), ...(await checkMachine(topology))];
      console.log(
        json === true ? JSON.stringify(problems, null, 2) : renderProblems(problems) || 'Nothing is missing.',
      );
      process.exitCode = problems.some(({ severity }) => severity === 'error') ? EXIT.violated : EXIT.held;
    });

  program
    .command('up')
    .description(
      'start the stack, repair it, or change it to the topology, one host at a time; install or start Docker and build images where needed',
    )
    .option('--at-once', 'replace all changed hosts at the same time: faster, but interrupts the service')
    .action(async ({ atOnce }: { readonly atOnce?: boolean }) => {
      await using _lock = await openStackLock('up', 'change');
      const progress = openProgress();
      try {
        await upWithJournal({
          topology,
          files: context.files,
          isAtOnce: atOnce === true,
          signal,
          onProgress: progress.report,
          heal: () => heal(progress.report),
          openWatch: () => context.openChangeWatch('up'),
        });
        await publishExperiments(topology);
        // A killed `undrain` may have left a silence.
        await context.silenceDrains(progress.report);
      } finally {
        progress.stop();
      }
      console.log(renderStatus(await readStatus(topology)));
    });

  program
    .command('plan')
    .description('compare the running stack with the topology, and show what `up` would do to each host')
    .option('--json', 'print the changes as JSON')
    .addHelpText('after', '\nExit codes: 0 nothing differs, 1 hosts differ.')
    .action(async ({ json }: { readonly json?: boolean }) => {
      await checkStackOwner();
      const changes = (await makePlan(topology, context.files)).filter(({ action }) => action !== 'nothing');
      console.log(
        json === true
          ? JSON.stringify(
              changes.map((change) => toJson(change, topology)),
              null,
              2,
            )
          : renderPlan(changes, topology),
      );
      process.exitCode = changes.length === 0 ? EXIT.held : EXIT.violated;
    });

  program
    .command('status')
    .description(
      'show host health, owners of the virtual IPs, database writer and readers, drains, silences, unrecorded faults, and URLs',
    )
    .option('--json', 'print hosts and URLs as JSON; for silences, use `silence list --json`')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await readStatus(topology);
      // Without a healthy monitor, the networks may be missing too, and a request would leave the machine.
      const isWatched = status.hosts.some(({ tier, state }) => tier === 'monitor' && state === 'healthy');
      const silences = isWatched && json !== true ? await context.silences() : [];
      const exists = status.hosts.some(({ state }) => state !== 'absent');
      const unrecorded = exists ? await context.unrecorded() : [];
      const [drains, interrupted] = await Promise.all([readDrains(topology), findInterrupted()]);
      console.log(
        json === true
          ? JSON.stringify({ ...status, drains: [...drains.values()], interrupted, unrecorded }, null, 2)
          : renderStatus(status, {
              ...{ silences, unrecorded },
              drains: [
                ...[...drains.values()].map((drain) => renderDrain(drain)),
                ...interrupted.map(
                  (change) => `"${change.what}" of ${change.startedAt} was interrupted. ${howToEnd(change)}`,
                ),
              ],
            }),
      );
      process.exitCode = status.healthy && unrecorded.length === 0 ? EXIT.held : EXIT.violated;
    });

  program
    .command('logs')
    .description('show the logs of a host')
    .argument('<host>', 'host, such as lb1')
    .option('-f, --follow', 'follow the log')
    .option('-n, --lines <count>', 'number of lines from the end', parseLines, 200)
    .action(async (host: string, options: { follow?: boolean; lines: number }) => {
      requireHost(topology, host);
      await requireContainer(host);
      const follow = options.follow === true ? ['--follow'] : [];
      const { exitCode, signal: endedBy } = await execa(
        'docker',
        ['logs', '--tail', String(options.lines), ...follow, containerName(host)],
        {
          stdio: 'inherit',
          reject: false,
          cancelSignal: signal,
        },
      );
      // `| head` closes the pipe.
      if (exitCode !== 0 && endedBy !== 'SIGPIPE' && !signal.aborted) {
        throw new HoldfastError('stack-down', `Could not read the log of ${host}.`, {
          fix: 'Start the stack with `./holdfast up`.',
        });
      }
    });

  program
    .command('purge')
    .description('remove a page from the cache of every edge, with all its variants and stale copies')
    .argument(
      '<path>',
      'exact path with its query, such as /products?page=2, or the full URL; wildcards are not supported',
    )
    .option('--json', 'print the result of each edge as JSON')
    .action(async (text: string, { json }: { json?: boolean }) => {
      const path = parsePurgePath(text, siteNames(topology));
      if (path === undefined) {
        throw new HoldfastError('usage', `${JSON.stringify(text)} is not a path or URL of the site.`, {
          fix: 'Give a path, such as /products, or an address of the site, such as http://127.0.0.1:8081/products.',
        });
      }
      requireNetwork(topology.networks.ops);
      const results = await purge(topology, path, { signal });
      signal.throwIfAborted();
      const lines = results.map(
        ({ edge, ok, problem }) =>
          `${edge}  ${ok ? `has no copy of ${path} any more` : `NOT PURGED: ${problem ?? ''}`}`,
      );
      console.log(json === true ? JSON.stringify({ path, edges: results }, null, 2) : lines.join('\n'));
      process.exitCode = results.every(({ ok }) => ok) ? EXIT.held : EXIT.violated;
    });

  program
    .command('down')
    .description('stop and remove the stack, keep its data')
    .option('--volumes', 'also remove the data: databases, mails, metrics')
    .action(async ({ volumes }: { volumes?: boolean }) => {
      await using _lock = await openStackLock('down', 'exclusive');
      const progress = openProgress();
      progress.report('stopping the hosts');
      try {
        await down({ volumes: volumes === true, signal });
      } finally {
        progress.stop();
      }
    });

  program
    .command('render')
    .description('generate compose.yaml and the configuration of every host from the topology')
    .option('--check', 'write nothing; exit 1 if a file is out of date')
    .action(async ({ check }: { check?: boolean }) => {
      const drift = check === true ? await readDrift(context.files) : await writeRendered(context.files);
      const lines = Object.entries(drift).flatMap(([kind, paths]) =>
        (paths as string[]).map((path) => `${kind.padEnd(8)} ${path}`),
      );
      if (lines.length > 0) console.log(lines.join('\n'));
      if (check === true && lines.length > 0) {
        throw new HoldfastError('config-drift', `${lines.length} files differ from the topology.`, {
          fix: 'Run `./holdfast render`.',
        });
      }
    });
}

function parseLines(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new HoldfastError('usage', `--lines must be a whole number from 0, not ${text}.`);
}

async function requireContainer(host: string): Promise<void> {
  if ((await openHosts().state(host)) !== undefined) return;
  throw new HoldfastError('stack-down', `The host ${host} does not exist yet, so it has no log.`, {
    fix: 'Start the stack with `./holdfast up`.',
  });
}

/** Throws `usage` with the known hosts, nearest first. Unused standby slots are not known hosts. */
export function requireHost(topology: Topology, host: string): void {
  const known = topology.hosts.filter(({ enabled }) => enabled).map(({ name }) => name);
  if (known.includes(host)) return;
  throw new HoldfastError('usage', `There is no host ${host}.`, {
    fix: `Known hosts: ${nearest(host, known).join(', ')}.`,
  });
}
