import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { PATHS, ROOT } from '../../kit/paths.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { REQUEST_KINDS } from '../evidence/request-record.ts';
import { openJournal } from '../journal/journal.ts';
import { reportOf } from './load-table.ts';
import { startLoad } from './start-load.ts';
import { allTargets, defaultTargets } from './targets.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-load-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

function makeRunId(): string {
  return `test-${Date.now().toString(36)}`;
}

const running = async (): Promise<string> =>
  (await execa('docker', ['ps', '--all', '--filter', 'name=holdfast-load', '--quiet'])).stdout;

async function containerExists(container: string): Promise<boolean> {
  return (await execa('docker', ['container', 'inspect', container], { reject: false })).exitCode === 0;
}

test('smoke: every page and every API call succeeds at every public endpoint', async ({ signal }) => {
  await using run = await startLoad({
    suite: 'smoke',
    runId: makeRunId(),
    directory: join(directory, 'smoke'),
    targets: allTargets(makeTopology()),
    signal,
  });
  const result = await run.done;
  expect(reportOf(result)).toMatchObject({ errors: [], problems: [], dropped: 0 });
  for (const target of allTargets(makeTopology())) {
    for (const connection of ['new', 'kept'] as const) {
      const seen = result.records.filter((one) => one.target === target.name && one.connection === connection);
      expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(REQUEST_KINDS));
    }
  }
  expect(result.orders.map(({ outcome }) => outcome)).toEqual(Array(8).fill('acknowledged'));
});

test('steady, stopped early: no request failed, and the results are complete', async ({ signal }) => {
  const runId = makeRunId();
  await using run = await startLoad({
    suite: 'steady',
    runId,
    directory: join(directory, 'steady'),
    targets: defaultTargets('steady', makeTopology()),
    rate: 50,
    durationSeconds: 120,
    signal,
  });
  await waitFor(() => Promise.resolve(run.records.length > 300), { what: '300 records', deadlineMs: 60_000, signal });
  await run.stop();
  const result = await run.done;
  expect(await containerExists(run.containerName)).toBe(false);
  expect(reportOf(result)).toMatchObject({ errors: [], problems: [], dropped: 0 });
  expect(result.orders.every(({ key }) => key.startsWith(`${runId}-`))).toBe(true);
  expect(result.orders.filter(({ outcome }) => outcome === 'acknowledged').length).toBeGreaterThan(10);
  const written: unknown = JSON.parse(await readFile(join(directory, 'steady', 'load.json'), 'utf8'));
  expect(written).toMatchObject({ problems: [], completeUntilMs: result.completeUntilMs });
});

test.each([
  {
    when: 'while its container is about to start',
    hasBegun: async () => (await openJournal(PATHS.journal).read()).open.length > 0,
  },
  { when: 'while it runs', hasBegun: async () => (await running()) !== '' },
])('a `load` that is killed $when leaves no orphaned load', async ({ hasBegun }) => {
  const run = execa(process.execPath, ['cli.ts', 'load', 'steady', '--rate', '20', '--duration', '120'], {
    ...{ cwd: ROOT, reject: false },
  });
  await waitFor(hasBegun, { what: 'the load', deadlineMs: 60_000, intervalMs: 20 });
  run.kill('SIGKILL');
  await run;
  await waitFor(async () => (await openJournal(PATHS.journal).read()).open.length === 0, {
    ...{ what: 'an empty journal', deadlineMs: 60_000 },
  });
  expect(await running()).toBe('');
});

test('requests to a closed port have failed records', async ({ signal }) => {
  await using run = await startLoad({
    suite: 'smoke',
    runId: makeRunId(),
    directory: join(directory, 'closed-port'),
    targets: [{ name: 'closed-port', url: 'http://198.18.0.10:9' }],
    signal,
  });
  const { records } = await run.done;
  expect(records.length).toBeGreaterThan(0);
  expect(records.every(({ ok, status, error }) => !ok && status === 0 && error !== undefined)).toBe(true);
});
