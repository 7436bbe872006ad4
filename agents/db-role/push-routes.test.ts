import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { decideRoutes, type Routes } from './decide-routes.ts';
import { answersOf, decideCommands, openHaproxyPusher, type Told } from './push-routes.ts';
import { inGroup, NO_LAG, NODES, reportsOf, silent } from './testing.ts';

const limits = { writerMaxAgeMs: 2500, readerMaxAgeMs: 900, maxApplyQueue: 100, maxLagMs: 5000 };

function routesOf(...reports: Parameters<typeof reportsOf>): Routes {
  return decideRoutes({
    nodes: NODES,
    reports: reportsOf(...reports),
    nowMs: 0,
    limits,
    lagMs: NO_LAG,
    readersBefore: new Set(),
  });
}

const VIEW = 'db1+ db2 db3';
const whole = routesOf(inGroup('db1', VIEW), inGroup('db2', VIEW), inGroup('db3', VIEW));
const lost = routesOf(inGroup('db1', 'db1+ db2'), inGroup('db2', 'db1+ db2'), silent);
const nobody = routesOf(silent, silent, silent);

const NOTHING: Told = new Map();

it('a first decision says everything: doors are closed before others are opened, agents set before states', () => {
  expect(decideCommands(NOTHING, answersOf(whole))).toEqual([
    'set server db-read/db1 state maint',
    'set server db-write/db2 state maint',
    'set server db-write/db3 state maint',
    'set server db-write/db1 agent up',
    'set server db-write/db1 state ready',
    'set server db-read/db2 agent up',
    'set server db-read/db2 state ready',
    'set server db-read/db3 agent up',
    'set server db-read/db3 state ready',
  ]);
});

it('what did not change is not said again', () => {
  expect(decideCommands(answersOf(whole), answersOf(whole))).toEqual([]);
  expect(decideCommands(answersOf(whole), answersOf(lost))).toEqual([
    'set server db-write/db3 agent down',
    'set server db-read/db3 agent down',
  ]);
});

interface FakeHaproxy {
  readonly path: string;
  /** What each connection said, in the order of connecting. */
  readonly heard: string[];
  /** What is answered, given how many connections there were before; undefined: nothing. */
  answer: (before: number) => Promise<string | undefined> | string | undefined;
}

/** Listens as HAProxy does: one connection, commands up to its end, an answer. */
async function listen(answer: FakeHaproxy['answer']): Promise<FakeHaproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'tell-haproxy-'));
  const fake: FakeHaproxy = { path: join(folder, 'socket'), heard: [], answer };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const before = fake.heard.push('') - 1;
    socket.on('data', (data) => {
      fake.heard[before] = `${fake.heard[before] ?? ''}${data.toString()}`;
    });
    socket.on('error', () => undefined);
    socket.on('end', () => {
      void Promise.resolve(fake.answer(before)).then((text) => {
        if (text !== undefined) socket.end(text);
      });
    });
  }).listen(fake.path);
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return fake;
}

it('a change is told, and said once more', async () => {
  const fake = await listen(() => '\n\n');
  const onPush = vi.fn();
  const tell = openHaproxyPusher({ socketPath: fake.path, deadlineMs: 5_000, onPush });
  tell(whole);
  tell(whole);
  await vi.waitFor(() => {
    expect(fake.heard).toEqual([fake.heard[0], fake.heard[0]]);
    expect(fake.heard[0]).toContain('set server db-read/db3 state ready\n');
  });
  expect(onPush.mock.calls.map(([result]: unknown[]) => result)).toEqual(['done']);
});

it('what changes while HAProxy is slow is told after it, newest only', async () => {
  const first = Promise.withResolvers<string>();
  const fake = await listen((before) => (before === 0 ? first.promise : '\n'));
  const tell = openHaproxyPusher({ socketPath: fake.path, deadlineMs: 5_000, onPush: () => undefined });
  tell(whole);
  await vi.waitFor(() => {
    expect(fake.heard[0]).toContain('db-write/db1 agent up');
  });
  tell(nobody);
  tell(lost);
  expect(fake.heard).toHaveLength(1);
  first.resolve('\n');
  await vi.waitFor(() => {
    expect(fake.heard[1]).toBe('set server db-write/db3 agent down; set server db-read/db3 agent down\n');
  });
});

it.each([
  ['refuses', 'No such server.\n\n', 'No such server.'],
  ['does not answer', undefined, 'aborted'],
])('while HAProxy %s it is told again, and every failure counts', async (_what, reply, said) => {
  const fake = await listen((before) => (before < 2 ? reply : '\n'));
  const onPush = vi.fn();
  openHaproxyPusher({ socketPath: fake.path, deadlineMs: 50, onPush })(whole);
  await vi.waitFor(() => {
    expect(onPush.mock.calls.map(([result]: unknown[]) => result)).toEqual(['failed', 'failed', 'done']);
  });
  expect(onPush).toHaveBeenCalledWith(
    'failed',
    expect.objectContaining({ answer: expect.stringContaining(said) as string }),
  );
});
