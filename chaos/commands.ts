import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandContext } from '../deploy/commands.ts';
import { pagesOf } from '../deploy/stack/status.ts';
import { up } from '../deploy/change/up.ts';
import { EXIT, HoldfastError } from '../kit/errors.ts';
import { openHosts } from '../kit/hosts.ts';
import { PATHS } from '../kit/paths.ts';
import { openProgress } from '../kit/progress.ts';
import { requireNetwork } from '../kit/require-network.ts';
import { exitCodeOf } from '../kit/verdict.ts';
import { allGuarantees, chooseGuarantees } from './guarantees/all-guarantees.ts';
import type { Guarantee } from './guarantees/guarantee.ts';
import { healAll } from './journal/heal-all.ts';
import { isHealed, renderHealReport } from './journal/heal.ts';
import { openJournal } from './journal/journal.ts';
import { renderTable } from './report/render-table.ts';
import { reportRun, type Reported } from './report/report-run.ts';
import { prove } from './runner/prove.ts';
import { healUnrecorded, renderUnrecordedReport } from './unrecorded/heal-unrecorded.ts';

/** Leaves CPU headroom on two cores: `prove` tests faults, not the maximum load. */
const DEFAULT_RATE = 100;
const MAX_RATE = 2_000;
/** With 59 events without harm, less than 5 % of events do harm (95 % confidence). */
const MAX_EVENTS = 299;
/** A database node that was frozen rejoins its group in 10 to 30 s. */
const HEAL_DEADLINE_MS = 90_000;

/** `prove` and `heal`. */
export function registerChaosCommands(program: Command, context: CommandContext): void {
  program
    .command('prove')
    .description('start the stack, inject faults under load, revert them, and report which guarantees held')
    .argument('[id...]', 'guarantees, such as spof/app-crash, or areas, such as watch; default: spof and dependency')
    .option('--list', 'list all guarantees, or the named ones, and run nothing')
    .option('--json', 'print the result as JSON')
    .option('--rate <requests>', `load in requests per second, 20 to ${MAX_RATE}`, String(DEFAULT_RATE))
    .option('--events <count>', `how often each planned change of maintenance is made, 1 to ${MAX_EVENTS}`, '1')
    .option('--no-up', 'use the running stack as it is: rebuild and restart nothing')
    .addHelpText('after', '\nExit codes: 0 all held, 1 violated, 2 unknown, 64 usage error, 130 interrupted.')
    .action(async (ids: readonly string[], flags: ProveFlags) => {
      const { topology } = context;
      const guarantees = chooseGuarantees(topology, ids);
      if (flags.list === true) {
        const listed = ids.length === 0 ? allGuarantees(topology) : guarantees;
        console.log(flags.json === true ? JSON.stringify(listOf(listed), undefined, 2) : renderList(listed));
        return;
      }
      await runProve(guarantees, { flags, context });
    });

  program
    .command('heal')
    .description('revert every fault that an interrupted run left behind')
    .option('--json', 'print the reverted faults as JSON')
    .option('--force', 'also revert faults of a run that is still in progress')
    .option(
      '--all',
      'also revert faults without a journal entry: toxics, disabled proxies, stopped services, disabled client limits',
    )
    .action(async ({ json, force, all }: HealFlags) => {
      const progress = openProgress();
      const report = await healAll({
        topology: context.topology,
        onProgress: progress.report,
        force: force === true,
        deadlineMs: HEAL_DEADLINE_MS,
      }).finally(progress.stop);
      const world = { topology: context.topology, hosts: openHosts() };
      const unrecorded = all === true ? await healUnrecorded(world, openJournal(PATHS.journal)) : undefined;
      const lines = unrecorded === undefined ? [] : renderUnrecordedReport(unrecorded);
      console.log(
        json === true
          ? JSON.stringify({ ...report, ...(unrecorded === undefined ? {} : { unrecorded }) }, undefined, 2)
          : [renderHealReport(report), ...lines].join('\n'),
      );
      process.exitCode = isHealed(report) && (unrecorded?.left ?? []).length === 0 ? EXIT.held : EXIT.internal;
    });
}

interface HealFlags {
  readonly json?: boolean;
  readonly force?: boolean;
  readonly all?: boolean;
}

interface ProveFlags {
  readonly list?: boolean;
  readonly json?: boolean;
  readonly rate: string;
  readonly events: string;
  readonly up: boolean;
}

async function runProve(
  guarantees: readonly Guarantee[],
  { flags, context }: { readonly flags: ProveFlags; readonly context: CommandContext },
): Promise<void> {
  const { topology, files, signal, heal } = context;
  const rate = parseRate(flags.rate);
  const events = parseEvents(flags.events);
  if (!flags.up) requireNetwork(topology.networks.ops);
  const progress = openProgress();
  const print = ({ outcome, page }: Reported): void => {
    if (flags.json === true) {
      console.log(JSON.stringify(outcome, undefined, 2));
      return;
    }
    console.log(renderTable(outcome, { colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined }));
    console.log(`\nReport: ${page}\n        ${join(PATHS.reports, 'latest')}`);
  };
  const reported = await reportRun(
    {
      ...{ topology, files, guarantees, rate, events, signal },
      onProgress: progress.report,
      onOutcome: ({ id, verdict, reasons }) => {
        progress.report(`${id}: ${[verdict, ...reasons].join('; ')}`);
      },
      onInterrupted: (interrupted) => {
        progress.stop();
        print(interrupted);
      },
      ...(flags.up
        ? {
            up: (onProgress: (line: string) => void) =>
              up({ topology, files, isAtOnce: true, signal, onProgress, heal: () => heal(onProgress) }),
          }
        : {}),
    },
    { prove, reports: PATHS.reports },
  ).finally(progress.stop);
  print(reported);
  if (flags.json !== true) {
    const pages = Object.entries(pagesOf(topology)).map(([what, address]) => `  ${address}  ${what}`);
    console.log(`The stack stays up:\n${pages.join('\n')}`);
  }
  process.exitCode = exitCodeOf(reported.outcome.verdict);
}

function parseEvents(text: string): number {
  const events = z.coerce.number().int().min(1).max(MAX_EVENTS).safeParse(text);
  if (events.success) return events.data;
  throw new HoldfastError('usage', `--events must be a whole number from 1 to ${MAX_EVENTS}, not ${text}.`);
}

function parseRate(text: string): number {
  const rate = z.coerce.number().int().min(20).max(MAX_RATE).safeParse(text);
  if (rate.success) return rate.data;
  throw new HoldfastError('usage', `--rate must be a whole number from 20 to ${MAX_RATE}, not ${text}.`);
}

function listOf(guarantees: readonly Guarantee[]): readonly object[] {
  return guarantees.map(({ id, claim, budgets, alerts }) => ({ id, claim, budgets, alerts }));
}

function renderList(guarantees: readonly Guarantee[]): string {
  const width = Math.max(...guarantees.map(({ id }) => id.length));
  return guarantees.map(({ id, claim }) => `${id.padEnd(width)}  ${claim}`).join('\n');
}
