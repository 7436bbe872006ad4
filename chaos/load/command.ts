import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../../deploy/commands.ts';
import { SMOKE_MAX_SECONDS } from '../../k6/lib/plan.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts } from '../../kit/hosts.ts';
import { nearest } from '../../kit/nearest.ts';
import { PATHS } from '../../kit/paths.ts';
import { openStackLock } from '../../kit/stack-lock.ts';
import { exitCodeOf, type Verdict } from '../../kit/verdict.ts';
import { healAbandoned } from '../journal/heal-abandoned.ts';
import { startHealer } from '../journal/start-healer.ts';
import { openJournal } from '../journal/journal.ts';
import { refuseUnrecorded } from '../unrecorded/find-unrecorded.ts';
import { ATTACKS } from '../hostile/attack.ts';
import { runHostileCommand, type HostileFlags } from './hostile-command.ts';
import { renderLoadTable, reportOf, type LoadReport } from './load-table.ts';
import { SUITES, type Suite } from './load-run.ts';
import { recordLoad } from './record-load.ts';
import { showProgress } from './show-progress.ts';
import { startLoad } from './start-load.ts';
import { allTargets, defaultTargets, parseTarget } from './targets.ts';

interface CommandOptions {
  readonly rate?: string;
  readonly duration?: string;
  readonly target?: string;
  readonly attack?: string;
  readonly json?: boolean;
}

/** The suite that attacks the entries of the site during honest load. */
const HOSTILE = 'hostile';
const HOSTILE_SECONDS = 20;
const HOSTILE_RATE = 100;

/** Registers `holdfast load SUITE`. */
export function registerLoadCommand(program: Command, context: CommandContext): void {
  const targets = allTargets(context.topology).map(({ name }) => name);
  program
    .command('load')
    .description('generate load on the running stack with k6 and print latencies and failures')
    .argument('<suite>', [...SUITES, HOSTILE].join(', '))
    .option(
      '--rate <n>',
      'requests per second; ramp: the peak; hostile: of the honest clients, default 100; not for smoke',
      '200',
    )
    .option('--duration <seconds>', 'duration in seconds; hostile: of each attack, default 20; not for smoke', '60')
    .option('--attack <kind>', `hostile only: one attack (${ATTACKS.join(', ')}); default: all`)
    .option(
      '--target <name>',
      `${targets.join(', ')}; vip is short for the first; default: all (hostile: without the second edge)`,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      [
        '',
        'hostile prints requests, failures and latencies of the honest clients for each attack on each target: during the attack, and from 10 s',
        'after its end ("after"). The lines below the table show the counters of the attacked HAProxy for the attacker.',
        '',
        'Exit codes: 0 no request failed or was dropped, 1 at least one was, 2 unknown: the measurement cannot be trusted',
      ].join('\n'),
    )
    .action(async (word: string, options: CommandOptions, command: Command) => {
      if (word === HOSTILE) {
        await runHostileCommand(hostileFlags(options, command), context);
        return;
      }
      if (options.attack !== undefined)
        throw new HoldfastError('usage', `The suite ${word} does not support --attack.`, {
          fix: 'Use `./holdfast load hostile --attack KIND`.',
        });
      const suite = parseSuite(word);
      if (suite === 'smoke') refuseOptions(command, ['rate', 'duration']);
      await runLoad(suite, options, context);
    });
}

async function runLoad(suite: Suite, options: CommandOptions, { topology, signal }: CommandContext): Promise<void> {
  const runId = `load-${Date.now().toString(36)}`;
  const directory = join(PATHS.runs, runId);
  const rate = parseRate(options.rate);
  const durationSeconds = parseDuration(options.duration);
  const target = options.target === undefined ? undefined : parseTarget(options.target, topology);
  await using _lock = await openStackLock(`load ${suite}`, 'load');
  const journal = openJournal(PATHS.journal);
  const world = { topology, hosts: openHosts() };
  await healAbandoned(world, journal, console.error);
  await refuseUnrecorded(world, journal);
  await startHealer(topology);
  const lasts = suite === 'smoke' ? SMOKE_MAX_SECONDS : durationSeconds;
  await using _record = await recordLoad(journal, { runId, durationSeconds: lasts });
  await using run = await startLoad({
    ...{ suite, runId, directory, signal, rate, durationSeconds },
    targets: target === undefined ? defaultTargets(suite, topology) : [target],
  });
  await showProgress(run);
  const result = await run.done;
  signal.throwIfAborted();
  const report = reportOf(result);
  const verdict = verdictOf(report);
  const { dashboardPath } = result;
  const shown = {
    verdict,
    suite,
    runId,
    directory,
    ...report,
    ...(dashboardPath === undefined ? {} : { dashboardPath }),
  };
  if (options.json === true) console.log(JSON.stringify(shown, null, 2));
  else console.log([renderLoadTable(report), `${verdict}; records and k6's page in ${directory}`].join('\n'));
  process.exitCode = exitCodeOf(verdict);
}

/** The flags of the suite hostile, with separate defaults. */
function hostileFlags(options: CommandOptions, command: Command): HostileFlags {
  const given = (name: 'rate' | 'duration'): boolean => command.getOptionValueSource(name) === 'cli';
  return {
    rate: given('rate') ? parseRate(options.rate) : HOSTILE_RATE,
    duration: given('duration') ? parseDuration(options.duration) : HOSTILE_SECONDS,
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.attack === undefined ? {} : { attack: options.attack }),
    ...(options.json === undefined ? {} : { json: options.json }),
  };
}

/** Throws `usage` for given options that smoke does not support. */
function refuseOptions(command: Command, names: readonly string[]): void {
  const given = names.filter((name) => command.getOptionValueSource(name) === 'cli').map((name) => `--${name}`);
  if (given.length === 0) return;
  throw new HoldfastError(
    'usage',
    `smoke does not support ${given.join(' and ')}: it requests every page once, at every target.`,
    {
      fix: 'Leave it out, or use the suite steady, ramp or maintenance.',
    },
  );
}

/** Any failed or dropped request is a violation, even with problems of the evidence. */
function verdictOf(report: LoadReport): Verdict {
  if (report.all.failed > 0 || report.dropped > 0) return 'violated';
  return report.problems.length > 0 || report.all.requests === 0 ? 'unknown' : 'held';
}

function parseSuite(word: string): Suite {
  const suite = SUITES.find((name) => name === word);
  if (suite !== undefined) return suite;
  throw new HoldfastError('usage', `There is no suite ${word}.`, {
    fix: `Known suites: ${nearest(word, [...SUITES, HOSTILE]).join(', ')}.`,
  });
}

/** Requests per second. A rate above the maximum would measure the generator instead of the stack. */
const parseRate = (text: string | undefined): number => parseCount(text, { option: '--rate', most: 2_000 });
/** Seconds; at most a day. */
const parseDuration = (text: string | undefined): number => parseCount(text, { option: '--duration', most: 86_400 });

function parseCount(
  text: string | undefined,
  { option, most }: { readonly option: string; readonly most: number },
): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new HoldfastError('usage', `${option} must be a whole number from 1 to ${most}, not ${text ?? 'nothing'}.`);
}
