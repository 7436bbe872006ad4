import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Topology } from '../../deploy/model/topology.ts';
import { EXIT, HoldfastError, messageOf } from '../../kit/errors.ts';
import { nearest } from '../../kit/nearest.ts';
import { openProgress } from '../../kit/progress.ts';
import { defaultSettings } from './default-settings.ts';
import { REFERENCE_HOST } from './reference-host.ts';
import { judgeComparison } from './simulation/judge-comparison.ts';
import { DEFAULT_POOL } from './simulation/pool.ts';
import { readTrace } from './simulation/read-trace.ts';
import { renderComparisons } from './simulation/render-comparison.ts';
import { renderComparisonPage } from './simulation/render-page.ts';
import { findShape, SHAPE_NAMES, type Trace } from './simulation/shapes.ts';
import { compare, type Comparison } from './simulation/simulate.ts';

interface CommandContext {
  readonly topology: Topology;
  readonly signal: AbortSignal;
}

interface SimulateFlags {
  readonly startUp: string;
  readonly page?: string;
  readonly json?: boolean;
}

const ALL = 'all';
/** Time after which progress is shown. */
const PATIENCE_MS = 2_000;
/** Simulated seconds that take longer than that. */
const LONG_TRACE = 20_000;

/** Registers `holdfast scale`. */
export function registerScaleCommands(program: Command, { topology, signal }: CommandContext): void {
  const scale = program.command('scale').description('simulate the autoscaler of the application hosts');
  scale
    .command('simulate')
    .description('compare the autoscaler with HPA v2 and Knative on a trace of requests per second; needs no stack')
    .argument('<trace>', `${ALL}, ${SHAPE_NAMES.join(', ')}, or a file with lines \`seconds,rate\` or the same as JSON`)
    .option(
      '--start-up <seconds>',
      'time from the start of a host until it is in rotation, 1 to 600',
      String(REFERENCE_HOST.startUpSeconds),
    )
    .option('--page <file>', 'write an HTML page with a chart of each trace')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      [
        '',
        'All policies have the same arrivals, hosts and start-up time. A host serves 16 requests at a time in 50 ms each, 320 per second. A second',
        'is out of SLO if a request is refused or the mean latency is above 200 ms. A reversal is a change of the host count in the other direction',
        'than the change before. Starting hosts count in the instance-hours. A trace of up to two hours runs in six phases of the ticks; results',
        'are means.',
        '',
        'Exit codes: 0 no other policy has fewer seconds out of SLO, 1 another one has on at least one trace.',
      ].join('\n'),
    )
    .action(async (word: string, { startUp, page, json }: SimulateFlags) => {
      const traces = findTraces(word);
      const comparisons = await compareAll(traces, { topology, signal, startUpSeconds: parseStartUp(startUp) });
      if (page !== undefined) await writePage(comparisons, page);
      const judged = comparisons.map((comparison) => ({ ...comparison, better: judgeComparison(comparison) }));
      console.log(json === true ? JSON.stringify(judged) : renderComparisons(comparisons));
      if (judged.some(({ better }) => better.slowerThan.length > 0)) process.exitCode = EXIT.violated;
    });
}

function findTraces(word: string): readonly Trace[] {
  const traces = (word === ALL ? SHAPE_NAMES : [word]).flatMap((name) => findShape(name) ?? []);
  if (traces.length > 0) return traces;
  if (existsSync(word) || /[./]/.test(word)) return [readTrace(word)];
  throw new HoldfastError('usage', `There is no shape and no file ${word}.`, {
    fix: `Known shapes: ${nearest(word, [...SHAPE_NAMES, ALL]).join(', ')}.`,
  });
}

interface Options extends CommandContext {
  readonly startUpSeconds: number;
}

async function compareAll(
  traces: readonly Trace[],
  { topology, signal, startUpSeconds }: Options,
): Promise<readonly Comparison[]> {
  const settings = defaultSettings(topology, 1_000 * startUpSeconds);
  const model = { ...DEFAULT_POOL, startUpSeconds, floor: settings.floor, ceiling: settings.ceiling };
  const progress = openProgress();
  const startedAt = performance.now();
  const comparisons: Comparison[] = [];
  try {
    for (const trace of traces) {
      if (performance.now() - startedAt > PATIENCE_MS || trace.rates.length > LONG_TRACE) {
        progress.report(`simulating ${trace.name}`);
      }
      comparisons.push(await compare(trace, { settings, model, signal }));
    }
  } finally {
    progress.stop();
  }
  return comparisons;
}

async function writePage(comparisons: readonly Comparison[], file: string): Promise<void> {
  try {
    await writeFile(file, renderComparisonPage(comparisons));
  } catch (cause) {
    throw new HoldfastError('usage', `The page ${file} cannot be written: ${messageOf(cause)}.`, {
      cause,
      fix: 'Give a file in an existing folder that you may write to.',
    });
  }
  console.error(`The page is ${file}.`);
}

function parseStartUp(text: string): number {
  const seconds = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 600) return seconds;
  throw new HoldfastError('usage', `--start-up must be a whole number from 1 to 600, not ${text}.`, {
    fix: 'Give the seconds from the start of a host until it is in rotation, such as 5.',
  });
}
