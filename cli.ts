import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Command, CommanderError } from 'commander';
import packageJson from './package.json' with { type: 'json' };
import { registerScaleCommands } from './agents/autoscaler/commands.ts';
import { readSilenceTexts, registerAlertCommands } from './alerts/commands.ts';
import { SLOS } from './alerts/slo/slos.ts';
import { ruleExpressions } from './alerts/render-rules.ts';
import { openChangeWatch } from './alerts/planned-work.ts';
import { silenceDrains } from './alerts/silences/drain-silences.ts';
import { registerBenchCommand } from './chaos/bench/command.ts';
import { registerChaosCommands } from './chaos/commands.ts';
import { registerDrillCommand } from './chaos/drill/command.ts';
import { registerLoadCommand } from './chaos/load/command.ts';
import { healAll } from './chaos/journal/heal-all.ts';
import { openJournal } from './chaos/journal/journal.ts';
import { readUnrecordedTexts } from './chaos/unrecorded/find-unrecorded.ts';
import { boardExpressions } from './dashboards/boards.ts';
import { registerDashboardCommands } from './dashboards/commands.ts';
import { registerChangeCommands } from './deploy/change/commands.ts';
import { readDrains } from './deploy/change/drains.ts';
import { registerDeployCommands, type CommandContext } from './deploy/commands.ts';
import { makeTopology } from './deploy/model/topology.ts';
import { registerReleaseCommands } from './deploy/release/command.ts';
import { registerExporterCommands } from './exporters/commands.ts';
import { EXIT, HoldfastError, messageOf } from './kit/errors.ts';
import { nearest } from './kit/nearest.ts';
import { openHosts } from './kit/hosts.ts';
import { PATHS, ROOT } from './kit/paths.ts';
import { renderFiles } from './project/render-files.ts';

const EXIT_CODES = `
Exit codes:
  0    success: everything held
  1    a guarantee was violated, a limit exceeded or a check failed
  2    unknown: the measurement cannot be trusted
  64   usage error, or another command is using the stack
  70   the machine or the stack is broken
  130  interrupted; faults are reverted`;

/** Time after an interruption until a line reports that changes are being reverted. */
const UNDOING_MS = 500;

async function main(): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) return;
    setTimeout(() => {
      console.error('Interrupted: undoing what was begun.');
    }, UNDOING_MS).unref();
    interruption.abort(new HoldfastError('interrupted', 'Interrupted.'));
  };
  // The reader of the output has exited (`| head`): changes are reverted as after Ctrl-C, without output.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
  // Not `once`: libraries that clean up at exit end the process when no other listener is left, before faults are reverted.
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.exitCode = await runCommand(process.argv.slice(2), interruption.signal);
}

/** Runs the command of these arguments, and returns the exit code. Errors go to stderr. */
export async function runCommand(words: readonly string[], signal: AbortSignal): Promise<typeof process.exitCode> {
  try {
    await makeProgram(signal).parseAsync(words, { from: 'user' });
    return process.exitCode;
  } catch (error) {
    return explain(error, signal);
  }
}

/** The command line with all its commands; `signal` aborts on Ctrl-C and SIGTERM. */
export function makeProgram(signal: AbortSignal): Command {
  const program = new Command('holdfast')
    .description('A reference web stack that tests its own reliability guarantees.')
    .version(packageJson.version)
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  const topology = makeTopology();
  let files: CommandContext['files'] | undefined;
  const context: CommandContext = {
    topology,
    // Most commands need none.
    get files() {
      return (files ??= renderFiles(topology));
    },
    signal,
    heal: (onProgress) => healAll({ topology, onProgress }),
    silences: () => readSilenceTexts({ topology, signal }),
    openChangeWatch: (what) => openChangeWatch(topology, what),
    silenceDrains: async (onProgress) =>
      silenceDrains(topology, [...(await readDrains(topology)).values()], onProgress),
    unrecorded: () => readUnrecordedTexts({ topology, hosts: openHosts() }, openJournal(PATHS.journal)),
  };
  registerDeployCommands(program, context);
  registerChangeCommands(program, context);
  registerReleaseCommands(program, {
    topology,
    signal,
    // Rendered on first access.
    get files() {
      return context.files;
    },
    openChangeWatch: context.openChangeWatch,
    burnAlerts: SLOS.flatMap(({ alerts }) => [alerts.fast, alerts.slow]),
  });
  registerLoadCommand(program, context);
  registerChaosCommands(program, context);
  registerDrillCommand(program, context);
  registerBenchCommand(program, context);
  registerExporterCommands(program, {
    topology,
    signal,
    expressions: () => [...ruleExpressions(topology), ...boardExpressions()],
  });
  registerAlertCommands(program, context);
  registerDashboardCommands(program, context);
  registerScaleCommands(program, { topology, signal });
  registerTestCommand(program, signal);
  program.showHelpAfterError('Run `./holdfast --help` for the commands.');
  for (const command of program.commands) {
    command.exitOverride().showHelpAfterError(`Run \`./holdfast ${command.name()} --help\` for its options.`);
  }
  program.on('command:*', ([word = '']: string[]) => {
    const known = program.commands.map((command) => command.name());
    throw new HoldfastError('usage', `There is no command ${word}.`, {
      fix: `Known commands: ${nearest(word, known).join(', ')}.`,
    });
  });
  return program;
}

function registerTestCommand(program: Command, signal: AbortSignal): void {
  program
    .command('test')
    .description('run lint, types, unit tests and integration tests; starts the stack')
    .option('--unit', 'skip the integration tests')
    .action(async ({ unit }: { unit?: boolean }) => {
      const child = spawn(process.execPath, ['project/test.ts', ...(unit === true ? ['--unit'] : [])], {
        cwd: ROOT,
        stdio: 'inherit',
        signal,
        killSignal: 'SIGTERM',
      });
      const [code] = (await once(child, 'exit')) as [number | null];
      process.exitCode = code ?? EXIT.interrupted;
    });
}

/** Prints an error as one sentence with the fix, and returns the exit code. */
function explain(error: unknown, signal: AbortSignal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage;
  if (error instanceof HoldfastError) {
    console.error(error.message);
    if (error.fix !== undefined) console.error(error.fix);
    return error.exitCode;
  }
  if (signal.aborted) {
    console.error('Interrupted.');
    return EXIT.interrupted;
  }
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    console.error(`The disk is full: ${error.message}`);
    console.error('Free space, then repeat the command. `./holdfast plan` shows what is unfinished.');
    return EXIT.internal;
  }
  console.error(`Something inside holdfast failed: ${messageOf(error)}`);
  if (process.env['HOLDFAST_DEBUG'] === '1') console.error(error);
  else console.error('Run it again with HOLDFAST_DEBUG=1 for the details.');
  return EXIT.internal;
}

if (import.meta.main) await main();
