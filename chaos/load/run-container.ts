import { createWriteStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { planRamp, planSteady, type PlannedScenario } from '../../k6/lib/plan.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { LoadLog } from '../evidence/load-log.ts';
import { closeLoad } from './finalize-load.ts';
import { FILES, renderDockerRun, type ContainerPlan } from './container.ts';
import { followFile } from './tail-file.ts';
import { parseK6Summary, type K6Summary } from './k6-summary.ts';
import type { LoadResult, LoadRun } from './load-run.ts';

/** How often the records are read while the load runs. */
const READ_INTERVAL_MS = 250;
/** How long k6 may take to write its summary after it was told to stop. */
const STOP_DEADLINE_MS = 10_000;

/** Starts the container of a load and follows its records. */
export function runContainer(plan: ContainerPlan, signal: AbortSignal): LoadRun {
  const log = new LoadLog();
  const child = execa('docker', renderDockerRun(plan), { reject: false, stdin: 'ignore', buffer: false });
  const errors = createWriteStream(join(plan.directory, FILES.errors));
  child.stdout.pipe(errors, { end: false });
  child.stderr.pipe(errors, { end: false });
  const ended = child.then((result) => {
    errors.end();
    return result.exitCode ?? -1;
  });
  let stoppedMs: number | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stoppedMs ??= Date.now();
    stopping ??= stopContainer(plan.name, ended);
    return stopping;
  };
  const onAbort = (): void => void stop();
  signal.addEventListener('abort', onAbort, { once: true });
  const done = followLoad({ plan, log, ended, stoppedAt: () => stoppedMs }).finally(() => {
    signal.removeEventListener('abort', onAbort);
  });
  // Who only disposes the run never looks at `done`.
  done.catch(() => undefined);
  return {
    containerName: plan.name,
    records: log.records,
    stop,
    done,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await done.catch(() => undefined);
    },
  };
}

/** Asks k6 to end, so that it writes its summary; removes the container when it does not. */
async function stopContainer(name: string, ended: Promise<number>): Promise<void> {
  const over = new AbortController();
  const exit = ended.finally(() => {
    over.abort();
  });
  const wait = AbortSignal.any([over.signal, AbortSignal.timeout(STOP_DEADLINE_MS)]);
  let asked = false;
  while (!wait.aborted) {
    // A second signal would make k6 end without its summary; the first may come before there is a container.
    asked ||= (await execa('docker', ['kill', '--signal', 'INT', name], { reject: false })).exitCode === 0;
    await sleep(200, undefined, { signal: wait }).catch(() => undefined);
  }
  if (!over.signal.aborted) await execa('docker', ['rm', '--force', name], { reject: false });
  await exit;
}

interface Following {
  readonly plan: ContainerPlan;
  readonly log: LoadLog;
  readonly ended: Promise<number>;
  readonly stoppedAt: () => number | undefined;
}

async function followLoad({ plan, log, ended, stoppedAt }: Following): Promise<LoadResult> {
  const over = new AbortController();
  const exit = ended.finally(() => {
    over.abort();
  });
  await using file = followFile(join(plan.directory, FILES.log), (line) => {
    log.add(line);
  });
  while (!over.signal.aborted) {
    await file.read();
    await sleep(READ_INTERVAL_MS, undefined, { signal: over.signal }).catch(() => undefined);
  }
  const exitCode = await exit;
  const endedMs = stoppedAt() ?? Date.now();
  await file.read();
  if (log.lines === 0) await explainNoStart(plan, exitCode, stoppedAt() !== undefined);
  const summary = await readSummary(join(plan.directory, FILES.summary));
  const stopped = stoppedAt() !== undefined;
  const closed = closeLoad({
    ...{ log, summary, exitCode, stopped, endedMs },
    rest: file.rest,
    plan: scenariosOf(plan),
    targets: plan.targets,
  });
  const dashboard = join(plan.directory, FILES.dashboard);
  const hasDashboard = await stat(dashboard).then(
    () => true,
    () => false,
  );
  const result: LoadResult = {
    ...closed,
    orders: log.orders,
    exitCode,
    dashboardPath: hasDashboard ? dashboard : undefined,
  };
  await writeResult(plan.directory, result);
  return result;
}

function scenariosOf(plan: ContainerPlan): readonly PlannedScenario[] {
  const { suite, rate, seconds } = plan;
  if (suite === 'smoke') return [];
  return suite === 'steady' ? planSteady({ rate, seconds }) : planRamp({ rate, seconds });
}

/** `docker run` itself failed, or k6 refused the script. Nothing of the stack was judged: that is no evidence, but an error. */
async function explainNoStart(plan: ContainerPlan, exitCode: number, stopped: boolean): Promise<void> {
  if (stopped || exitCode === 0) return;
  const path = join(plan.directory, FILES.errors);
  const said = (await readFile(path, 'utf8').catch(messageOf)).trim().split('\n').slice(0, 3).join(' ');
  throw new HoldfastError('load-failed', `The load ${plan.suite} did not start (exit code ${exitCode}): ${said}`, {
    fix: fixFor(said),
  });
}

function fixFor(said: string): string {
  if (/no such image|unable to find image|pull access denied/i.test(said))
    return 'Build the images with `./holdfast up`.';
  if (/network holdfast_front not found/i.test(said)) return 'Start the stack with `./holdfast up`.';
  if (/address already in use/i.test(said)) return 'Another load runs on this stack: wait for its end.';
  return `What k6 said is in ${FILES.errors} of the run.`;
}

async function readSummary(path: string): Promise<K6Summary | undefined> {
  try {
    return parseK6Summary(await readFile(path, 'utf8'));
  } catch {
    // `closeLoad` makes a problem of it.
    return undefined;
  }
}

/** What was derived from the records stands beside them. */
async function writeResult(directory: string, result: LoadResult): Promise<void> {
  const { orders, dropped, exitCode, completeUntilMs, problems } = result;
  const facts = { dropped, exitCode, completeUntilMs, problems };
  const lines = orders.map((order) => `${JSON.stringify(order)}\n`).join('');
  await writeFile(join(directory, FILES.orders), lines);
  await writeFile(join(directory, FILES.result), `${JSON.stringify(facts, null, 2)}\n`);
}
