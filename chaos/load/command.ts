import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../../deploy/commands.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts } from '../../kit/hosts.ts';
import { nearest } from '../../kit/nearest.ts';
import { PATHS } from '../../kit/paths.ts';
import { openStackLock } from '../../kit/stack-lock.ts';
import { exitCodeOf, type Verdict } from '../../kit/verdict.ts';
import { healLeftovers } from '../journal/heal-leftovers.ts';
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

/** The suite that attacks the entries of the site beside honest load. */
const HOSTILE = 'hostile';
const HOSTILE_SECONDS = 20;
const HOSTILE_RATE = 100;

/** Registers `holdfast load SUITE`. */
export function registerLoadCommand(program: Command, context: CommandContext): void {
  const targets = allTargets(context.topology).map(({ name }) => name);
  program
    .command('load')
    .description('load the running stack with k6 and print what its visitors saw')
    .argument('<suite>', [...SUITES, HOSTILE].join(', '))
    .option(
      '--rate <n>',
      'requests per second (of ramp: at its highest; of hostile: of honest clients, 100; not for smoke)',
      '200',
    )
    .option('--duration <seconds>', 'how long (not for smoke; of hostile: each attack, 20)', '60')
    .option('--attack <kind>', `hostile only: one kind of attack (${ATTACKS.join(', ')}); all by default`)
    .option(
      '--target <name>',
      `${targets.join(', ')}; vip for the first; by default smoke takes every one, and hostile all but the second edge`,
    )
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      [
        '',
        'hostile prints what honest clients saw of each attack on each target: requests, failures and latencies during the attack, and again',
        'from 10 s after its end on ("after"). The lines below the table say what the attacked HAProxy counted of the attacker.',
        '',
        'Exit codes: 0 nothing failed or was dropped, 1 something was, 2 the evidence is doubtful',
      ].join('\n'),
    )
    .action(async (word: string, options: CommandOptions, command: Command) => {
      if (word === HOSTILE) {
        await runHostileCommand(hostileFlags(options, command), context);
        return;
      }
      if (options.attack !== undefined)
        throw new HoldfastError('usage', `${word} has no --attack.`, {
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
  await using _lock = await openStackLock(`load ${suite}`);
  const journal = openJournal(PATHS.journal);
  const world = { topology, hosts: openHosts() };
  await healLeftovers(world, journal, console.error);
  await refuseUnrecorded(world, journal);
  await startHealer(topology);
  await using _record = await recordLoad(journal, { runId, durationSeconds });
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

/** Its own defaults where nothing was given. */
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

/** Throws `usage` for what was given although smoke does not look at it. */
function refuseOptions(command: Command, names: readonly string[]): void {
  const given = names.filter((name) => command.getOptionValueSource(name) === 'cli').map((name) => `--${name}`);
  if (given.length === 0) return;
  throw new HoldfastError('usage', `smoke has no ${given.join(' and no ')}: it asks for everything, by every way in.`, {
    fix: 'Leave it out, or load with steady or ramp.',
  });
}

/** Any failed or dropped request is a violation, however doubtful the rest is. */
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

/** Requests per second: more than the suites are made for would measure the generator. */
const parseRate = (text: string | undefined): number => parseCount(text, { option: '--rate', most: 2_000 });
/** Seconds: a day at most. */
const parseDuration = (text: string | undefined): number => parseCount(text, { option: '--duration', most: 86_400 });

function parseCount(
  text: string | undefined,
  { option, most }: { readonly option: string; readonly most: number },
): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new HoldfastError('usage', `${option} must be a whole number from 1 to ${most}, not ${text ?? 'nothing'}.`);
}
