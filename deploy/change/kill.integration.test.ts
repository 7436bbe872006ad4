import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { ROOT } from '../../kit/paths.ts';
import { renderFiles } from '../../project/render-files.ts';
import { makeTopology } from '../model/topology.ts';
import { redundancyOf } from '../observe/redundancy.ts';
import { findInterrupted, readChanges, type Change } from './change-journal.ts';
import { readDrains } from './drains.ts';
import { makePlan } from './plan.ts';
import { requestPages } from './testing-pages.ts';
import { sampleKills, waitUntilServed } from './testing.ts';

const topology = makeTopology();
const context = { topology, hosts: openHosts() };
const CLI = join(ROOT, 'cli.ts');

async function run(
  ...words: readonly string[]
): Promise<{ readonly code: number | undefined; readonly output: string }> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [CLI, ...words], { cwd: ROOT, reject: false });
  return { code: exitCode, output: `${stdout}\n${stderr}` };
}

/** Starts `replace web1` and kills it with SIGKILL as soon as its journal entry has this step. */
async function replaceKilledAt(step: string): Promise<Change> {
  const startedAt = new Date().toISOString();
  const child: ChildProcess = spawn(process.execPath, [CLI, 'replace', 'web1'], { cwd: ROOT, stdio: 'ignore' });
  const exit = once(child, 'exit');
  await waitFor(
    async () =>
      (await readChanges()).some(
        (change) => change.startedAt >= startedAt && change.steps.some((one) => one.step === step),
      ),
    { what: `the step ${step}`, deadlineMs: 60_000, intervalMs: 5 },
  );
  child.kill('SIGKILL');
  await exit;
  const [left] = await findInterrupted();
  if (left === undefined) throw new Error(`killed after ${step}, but the journal has no interrupted change`);
  return left;
}

async function expectNothingLeft(): Promise<void> {
  expect(await findInterrupted()).toEqual([]);
  expect([...(await readDrains(topology)).keys()]).toEqual([]);
  const plan = await makePlan(topology, renderFiles(topology));
  expect(plan.filter(({ action }) => action !== 'nothing')).toEqual([]);
  await waitFor(
    async () => {
      const seen = await Promise.all(redundancyOf(topology, 'web').map((one) => one.observe(context)));
      return seen.every((one) => one.seen);
    },
    { what: 'full redundancy of the web tier', deadlineMs: 60_000 },
  );
}

/** Each step of a replacement, and the command that ends the interrupted change. */
const EVERY_KILL = [
  ['drained', ['maintenance', 'resume']],
  ['stop', ['up']],
  ['drain', ['maintenance', 'abort']],
  ['stop', ['maintenance', 'abort']],
  ['start', ['maintenance', 'resume']],
  ['ready', ['maintenance', 'abort']],
  ['return', ['up']],
] as const;

beforeAll(() => waitUntilServed(topology));

const KILLS = sampleKills(EVERY_KILL, 2);

it.each(KILLS)('a change killed at %s is ended by %j: no page fails, and nothing is left', async (step, command) => {
  const pages = requestPages(topology);
  try {
    const left = await replaceKilledAt(step);
    expect(left).toMatchObject({ what: 'replace web1', result: 'running' });
    expect((await run('status')).output).toContain('"replace web1" of');
    const refused = await run('restart', 'app1');
    expect(refused).toMatchObject({ code: 64 });
    expect(refused.output).toContain('./holdfast maintenance resume');
    expect(await run(...command)).toMatchObject({ code: 0 });
    await expectNothingLeft();
  } finally {
    await pages.stop();
  }
  expect(pages.results.length).toBeGreaterThan(20);
  expect(pages.results.filter((result) => result !== 200)).toEqual([]);
});
