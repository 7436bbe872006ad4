import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../../deploy/commands.ts';
import { down } from '../../deploy/stack/down.ts';
import { routeAddress, type Topology } from '../../deploy/model/topology.ts';
import { up } from '../../deploy/change/up.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { openHosts } from '../../kit/hosts.ts';
import { nearest } from '../../kit/nearest.ts';
import { WARM_UP_SECONDS } from '../../k6/lib/plan.ts';
import { PATHS } from '../../kit/paths.ts';
import { openProgress } from '../../kit/progress.ts';
import { openStackLock } from '../../kit/stack-lock.ts';
import { exitCodeOf, mergeVerdicts } from '../../kit/verdict.ts';
import { quantileOfSorted } from '../judge/quantile.ts';
import { openJournal } from '../journal/journal.ts';
import { startHealer } from '../journal/start-healer.ts';
import { recordLoad } from '../load/record-load.ts';
import { startLoad } from '../load/start-load.ts';
import { readSteal } from '../probes/read-steal.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { ratioOf, renderComparisons, type Comparison } from './comparison.ts';
import { judgeFigure, renderFigure, renderVerdict, type Figure } from './figure.ts';
import { measureAlerts, STEADY_DEADLINE_MS } from './measure-alerts.ts';
import { measureExporters } from './measure-exporters.ts';
import { measureReceiver } from './measure-receiver.ts';
import { monitoringFigures } from './measure-monitoring.ts';
import { readUntilSettled, readUsage, type Usage } from './read-usage.ts';

const EXIT_CODES =
  '\nExit codes: 0 within all limits, 1 a limit is exceeded, 2 a figure could not be measured, 64 usage error, 130 interrupted.';
const IDLE_SECONDS = 30;
const IDLE_WINDOWS = 6;
const STEADY = { rate: 200, durationSeconds: 60 } as const;

/** Registers `holdfast bench`: measures speed and size of the stack on this machine and compares them with their limits. */
export function registerBenchCommand(program: Command, context: CommandContext): void {
  const bench = program
    .command('bench')
    .description('measure start-up time, idle CPU and memory, and latency under load (3 to 5 min); restarts the stack')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', EXIT_CODES)
    .allowExcessArguments()
    .action(async ({ json }: { json?: boolean }) => {
      const [word] = bench.args;
      if (word !== undefined) {
        const known = PARTS.map(({ name }) => name);
        throw new HoldfastError('usage', `There is no benchmark ${word}.`, {
          fix: `Known benchmarks: ${nearest(word, known).join(', ')}.`,
        });
      }
      await run('bench', json === true, (report) => measure(context, report));
    });
  // `bench` parses `--json`, also after a subcommand.
  const isJson = (): boolean => bench.opts<{ json?: boolean }>().json === true;
  for (const part of PARTS) {
    bench
      .command(part.name)
      .description(part.description)
      .addHelpText('after', EXIT_CODES)
      .action(async () => {
        await run(`bench ${part.name}`, isJson(), async (report) => {
          const { topology, files, signal, heal } = context;
          await up({ topology, files, isAtOnce: true, signal, onProgress: report, heal: () => heal(report) });
          const measured: Measured[] = [];
          for (const measurePart of part.measure) measured.push(await measurePart(context, report));
          return {
            comparisons: measured.flatMap(({ comparisons = [] }) => comparisons),
            figures: measured.flatMap(({ figures }) => figures),
          };
        });
      });
  }
}

type Report = (line: string) => void;

interface Measured {
  readonly comparisons?: readonly Comparison[];
  readonly figures: readonly Figure[];
}

type Measure = (context: CommandContext, report: Report) => Promise<Measured>;

const exporters: Measure = ({ topology, signal }, report) => measureExporters(topology, { signal, report });
const idle: Measure = async (context, report) => ({
  figures: monitoringFigures(context.topology, (await readIdleUsage(context, report)).idle),
});
const receiver: Measure = async ({ signal }, report) => ({ figures: await measureReceiver({ signal, report }) });
const alerts: Measure = async ({ topology, signal }, report) => ({
  figures: await measureAlerts(topology, { signal, report }),
});

/** The benchmarks of monitoring, each a subcommand. The stack is started first. */
const PARTS: readonly { readonly name: string; readonly description: string; readonly measure: readonly Measure[] }[] =
  [
    {
      name: 'monitoring',
      description: 'run `exporters` and `alerts`, and print one table (6 to 8 min)',
      measure: [idle, exporters, receiver, alerts],
    },
    {
      name: 'exporters',
      description:
        "measure the cost of monitoring: our exporters next to Debian's, their memory, access-log parsing, idle CPU (2 to 4 min)",
      measure: [idle, exporters, receiver],
    },
    {
      name: 'alerts',
      description: 'measure the time from a fault to its alert mail; crashes ten hosts, one at a time (3 min)',
      measure: [alerts],
    },
  ];

/** Measures while holding the stack lock, prints the results, and sets the exit code by the verdict. */
async function run(holder: string, json: boolean, measureAll: (report: Report) => Promise<Measured>): Promise<void> {
  await using _lock = await openStackLock(holder, 'exclusive');
  const progress = openProgress();
  const { comparisons = [], figures: others } = await measureAll(progress.report).finally(progress.stop);
  const figures = [...comparisons.map(ratioOf), ...others];
  const verdict = mergeVerdicts(figures.map(judgeFigure));
  if (json) {
    const judged = figures.map((figure) => ({ ...figure, verdict: judgeFigure(figure) }));
    console.log(JSON.stringify({ verdict, comparisons, figures: judged }, null, 2));
  } else {
    const tables = comparisons.length === 0 ? [] : [renderComparisons(comparisons), ''];
    console.log([...tables, ...figures.map(renderFigure), renderVerdict(figures)].join('\n'));
  }
  process.exitCode = exitCodeOf(verdict);
}

async function measure({ topology, files, signal }: CommandContext, report: Report): Promise<Measured> {
  const bringUp = (): Promise<void> => up({ topology, files, isAtOnce: true, signal, onProgress: report });
  await bringUp();
  const downSeconds = await timed(() => down({ volumes: false, signal }));
  const upSeconds = await timed(bringUp);
  const rerunSeconds = await timed(bringUp);
  const { idle, first } = await readIdleUsage({ topology, signal }, report);
  report(`the suite steady, ${STEADY.rate} requests/s for ${STEADY.durationSeconds} s`);
  const figures: readonly Figure[] = [
    { what: 'down', measured: downSeconds, atMost: 15, unit: 's' },
    { what: 'up, images built, until all hosts are healthy', measured: upSeconds, atMost: 60, unit: 's' },
    { what: 'up on a running stack', measured: rerunSeconds, atMost: 5, unit: 's' },
    { what: 'memory of the idle stack', measured: idle.memoryBytes / 2 ** 20, atMost: 4096, unit: 'MiB' },
    { what: 'CPU of the idle stack, of all cores', measured: idle.cpuRatio * 100, atMost: 15, unit: '%' },
    {
      what: `CPU in the first ${IDLE_SECONDS} s after the steady state, of all cores`,
      measured: first.cpuRatio * 100,
      unit: '%',
    },
    ...(await measureSteady(topology, signal)),
  ];
  return { figures };
}

/**
 * Usage of the idle stack. Waits for the steady state first: when hosts become healthy, databases still catch up and monitors are in their startup
 * grace period. After that, programs still warm up: `first` is the usage of the first window, `idle` that of the last.
 */
async function readIdleUsage(
  { topology, signal }: Pick<CommandContext, 'topology' | 'signal'>,
  report: Report,
): Promise<{ readonly idle: Usage; readonly first: Usage }> {
  report('waiting until all hosts are healthy and no alert fires');
  await waitForSteady({ topology, hosts: openHosts() }, { deadlineMs: STEADY_DEADLINE_MS, signal });
  const cores = availableParallelism();
  const windows = await readUntilSettled(async () => {
    report(`idle for ${IDLE_SECONDS} s`);
    signal.throwIfAborted();
    const usage = await readUsage(IDLE_SECONDS, cores);
    report(`${(usage.cpuRatio * 100).toFixed(1)} % of all cores`);
    return usage;
  }, IDLE_WINDOWS);
  return { idle: windows.at(-1) ?? windows[0], first: windows[0] };
}

async function measureSteady(topology: Topology, signal: AbortSignal): Promise<readonly Figure[]> {
  const runId = `bench-${Date.now().toString(36)}`;
  const { host, port } = routeAddress(topology, 'http');
  const [stealBefore, startedAt] = [await readSteal(), performance.now()];
  await startHealer(topology);
  await using _record = await recordLoad(openJournal(PATHS.journal), {
    runId,
    durationSeconds: STEADY.durationSeconds,
  });
  await using load = await startLoad({
    suite: 'steady',
    runId,
    directory: join(PATHS.runs, runId),
    targets: [{ name: 'virtual-address', url: `http://${host}:${port}` }],
    ...STEADY,
    signal,
  });
  const { records, dropped, problems } = await load.done;
  const steal = (await readSteal()) - stealBefore;
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const sent = records.filter((record) => record.error !== 'dropped');
  const first = Math.min(...sent.map(({ startMs }) => startMs));
  const atFullRate = sent.filter(({ startMs }) => startMs >= first + WARM_UP_SECONDS * 1000);
  const durations = atFullRate.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return [
    { what: 'steady: failed', measured: sent.filter(({ ok }) => !ok).length, atMost: 0, unit: 'requests' },
    { what: 'steady: dropped', measured: dropped, atMost: 0, unit: 'requests' },
    // A load that ended early or lost records would seem better than it was.
    {
      what: `steady: problems of the measurement ${problems.join('; ')}`.trim(),
      measured: problems.length,
      atMost: 0,
      unit: 'problems',
    },
    {
      what: 'steady: p99',
      measured: quantileOfSorted(durations, 0.99) ?? Number.POSITIVE_INFINITY,
      atMost: 100,
      unit: 'ms',
    },
    {
      what: 'steady: CPU steal of this machine, of a core',
      measured: (100 * steal) / elapsedSeconds,
      unit: '%',
    },
  ];
}

async function timed(act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return (performance.now() - startedAt) / 1000;
}
