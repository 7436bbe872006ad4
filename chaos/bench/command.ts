import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../../deploy/commands.ts';
import { down } from '../../deploy/down.ts';
import { routeAddress, type Topology } from '../../deploy/topology.ts';
import { up } from '../../deploy/up.ts';
import { EXIT } from '../../kit/errors.ts';
import { WARM_UP_SECONDS } from '../../k6/lib/plan.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { openProgress } from '../../kit/progress.ts';
import { openStackLock } from '../../kit/stack-lock.ts';
import { quantileOfSorted } from '../judge/quantile.ts';
import { startLoad } from '../load/start-load.ts';
import { isKept, renderFigure, type Figure } from './figure.ts';
import { waitForSteady } from '../runner/steady-state.ts';
import { measureExporters } from './measure-exporters.ts';
import { readSteal } from '../probes/read-steal.ts';
import { readUsage } from './read-usage.ts';

const IDLE_SECONDS = 30;
const STEADY_DEADLINE_MS = 120_000;
const STEADY = { rate: 200, durationSeconds: 60 } as const;

/** Registers `holdfast bench`: speed and size of the stack on this machine, beside what they may be. */
export function registerBenchCommand(program: Command, context: CommandContext): void {
  const bench = program
    .command('bench')
    .description(
      'measure speed and size of the stack: down, up, up again, idle, steady load (about two and a half minutes; takes a running stack down and up)',
    )
    .option('--json', 'print the figures as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      await run('bench', json === true, (report) => measure(context, report));
    });
  bench
    .command('exporters')
    .description(
      "compare our exporters with Debian's on the same targets (half a minute; the stack is brought up first)",
    )
    .action(async () => {
      // The option stands before the subcommand or after it: `bench` has taken it.
      const { json } = bench.opts<{ json?: boolean }>();
      await run('bench exporters', json === true, async (report) => {
        const { topology, files, signal } = context;
        await up({ topology, files, signal, onProgress: report });
        return measureExporters(topology, { signal, report });
      });
    });
}

type Report = (line: string) => void;

/** Measures while nobody else changes the stack, and prints what came of it. */
async function run(
  holder: string,
  json: boolean,
  measureAll: (report: Report) => Promise<readonly Figure[]>,
): Promise<void> {
  await using _lock = await openStackLock(holder);
  const progress = openProgress();
  const figures = await measureAll(progress.report).finally(progress.stop);
  console.log(json ? JSON.stringify(figures, null, 2) : figures.map(renderFigure).join('\n'));
  process.exitCode = figures.every(isKept) ? EXIT.held : EXIT.violated;
}

async function measure({ topology, files, signal }: CommandContext, report: Report): Promise<readonly Figure[]> {
  const bring = (): Promise<void> => up({ topology, files, signal, onProgress: report });
  await bring();
  const downSeconds = await timed(() => down({ volumes: false, signal }));
  const upSeconds = await timed(bring);
  const againSeconds = await timed(bring);
  // Hosts are healthy before databases have caught up and monitors have seen that all is well: that is starting, not idling.
  report('waiting until the stack is whole and quiet');
  await waitForSteady({ topology, hosts: openHosts() }, { deadlineMs: STEADY_DEADLINE_MS, signal });
  report(`idle for ${IDLE_SECONDS} s`);
  const usage = await readUsage(IDLE_SECONDS, availableParallelism());
  report(`the suite steady, ${STEADY.rate} requests/s for ${STEADY.durationSeconds} s`);
  return [
    { what: 'down', measured: downSeconds, atMost: 15, unit: 's' },
    { what: 'up, images built, until all hosts are healthy', measured: upSeconds, atMost: 60, unit: 's' },
    { what: 'up when up', measured: againSeconds, atMost: 5, unit: 's' },
    { what: 'memory of the idle stack', measured: usage.memoryBytes / 2 ** 20, atMost: 4096, unit: 'MiB' },
    { what: 'CPU of the idle stack, of all cores', measured: usage.cpuRatio * 100, atMost: 15, unit: '%' },
    ...(await measureSteady(topology, signal)),
  ];
}

async function measureSteady(topology: Topology, signal: AbortSignal): Promise<readonly Figure[]> {
  const runId = `bench-${Date.now().toString(36)}`;
  const { host, port } = routeAddress(topology, 'http');
  const [stealBefore, startedAt] = [await readSteal(), performance.now()];
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
    // A load that ended early or lost records would look better than it was.
    { what: `steady: doubts ${problems.join('; ')}`.trim(), measured: problems.length, atMost: 0, unit: 'doubts' },
    {
      what: 'steady: p99',
      measured: quantileOfSorted(durations, 0.99) ?? Number.POSITIVE_INFINITY,
      atMost: 100,
      unit: 'ms',
    },
    {
      what: 'steady: taken from this machine by its neighbours, of a core',
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
