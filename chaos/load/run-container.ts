import { createWriteStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { planRamp, planSteady, type PlannedScenario } from '../../k6/lib/plan.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { LoadLog } from '../evidence/load-log.ts';
import { finalizeLoad } from './finalize-load.ts';
import { FILES, renderDockerRun, type ContainerPlan } from './container.ts';
import { tailFile } from './tail-file.ts';
import { parseK6Summary, type K6Summary } from './k6-summary.ts';
import type { LoadResult, LoadRun } from './load-run.ts';

/** How often the records are read while the load runs. */
const READ_INTERVAL_MS = 250;
/** Time for k6 to write its summary after a stop was requested. */
const STOP_DEADLINE_MS = 10_000;

/** Starts the container of a load and reads its records while it runs. */
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
  // A caller that only disposes of the run does not await `done`.
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

/** Sends SIGINT to k6, so that it writes its summary. Removes the container if k6 does not end in time. */
async function stopContainer(name: string, ended: Promise<number>): Promise<void> {
  const over = new AbortController();
  const exit = ended.finally(() => {
    over.abort();
  });
  const wait = AbortSignal.any([over.signal, AbortSignal.timeout(STOP_DEADLINE_MS)]);
  let signalled = false;
  while (!wait.aborted) {
    // A second signal would make k6 end without its summary. The first one fails as long as there is no container.
    signalled ||= (await execa('docker', ['kill', '--signal', 'INT', name], { reject: false })).exitCode === 0;
    await sleep(200, undefined, { signal: wait }).catch(() => undefined);
  }
  if (!over.signal.aborted) await execa('docker', ['rm', '--force', name], { reject: false });
  await exit;
}

interface FollowOptions {
  readonly plan: ContainerPlan;
  readonly log: LoadLog;
  readonly ended: Promise<number>;
  readonly stoppedAt: () => number | undefined;
}

async function followLoad({ plan, log, ended, stoppedAt }: FollowOptions): Promise<LoadResult> {
  const over = new AbortController();
  const exit = ended.finally(() => {
    over.abort();
  });
  await using file = tailFile(join(plan.directory, FILES.log), (line) => {
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
  const finalized = finalizeLoad({
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
    ...finalized,
    orders: log.orders,
    exitCode,
    dashboardPath: hasDashboard ? dashboard : undefined,
  };
  await writeResult(plan.directory, result);
  return result;
}

function scenariosOf(plan: ContainerPlan): readonly PlannedScenario[] {
  const { suite, rate, seconds } = plan;
  switch (suite) {
    case 'smoke':
      return [];
    case 'steady':
    case 'maintenance':
      return planSteady({ rate, seconds });
    case 'ramp':
      return planRamp({ rate, seconds });
  }
}

/** Throws `load-failed` if `docker run` failed or k6 rejected the script. The stack got no requests then, so there is no evidence. */
async function explainNoStart(plan: ContainerPlan, exitCode: number, stopped: boolean): Promise<void> {
  if (stopped || exitCode === 0) return;
  const path = join(plan.directory, FILES.errors);
  const output = (await readFile(path, 'utf8').catch(messageOf)).trim().split('\n').slice(0, 3).join(' ');
  throw new HoldfastError('load-failed', `The load ${plan.suite} did not start (exit code ${exitCode}): ${output}`, {
    fix: fixFor(output),
  });
}

function fixFor(output: string): string {
  if (/no such image|unable to find image|pull access denied/i.test(output))
    return 'Build the images with `./holdfast up`.';
  if (/network holdfast_front not found/i.test(output)) return 'Start the stack with `./holdfast up`.';
  if (/address already in use/i.test(output)) return 'Another load runs on this stack: wait for its end.';
  return `The output of k6 is in ${FILES.errors} of the run.`;
}

async function readSummary(path: string): Promise<K6Summary | undefined> {
  try {
    return parseK6Summary(await readFile(path, 'utf8'));
  } catch {
    // `finalizeLoad` reports the missing summary as a problem.
    return undefined;
  }
}

/** Writes the data that was derived from the records next to them. */
async function writeResult(directory: string, result: LoadResult): Promise<void> {
  const { orders, dropped, exitCode, completeUntilMs, problems } = result;
  const summary = { dropped, exitCode, completeUntilMs, problems };
  const lines = orders.map((order) => `${JSON.stringify(order)}\n`).join('');
  await writeFile(join(directory, FILES.orders), lines);
  await writeFile(join(directory, FILES.result), `${JSON.stringify(summary, null, 2)}\n`);
}
