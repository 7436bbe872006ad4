import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { decideRoutes, type Routes } from './decide-routes.ts';
import { repliesOf, decideCommands, openHaproxyPusher, type PushedReplies } from './push-routes.ts';
import { inGroup, NO_LAG, NODES, reportsOf, silent } from './testing.ts';

const limits = { writerMaxAgeMs: 2500, readerMaxAgeMs: 900, maxApplyQueue: 100, maxLagMs: 5000 };

function routesOf(...reports: Parameters<typeof reportsOf>): Routes {
  return decideRoutes({
    drained: new Set(),
    nodes: NODES,
    reports: reportsOf(...reports),
    nowMs: 0,
    limits,
    lagMs: NO_LAG,
    readersBefore: new Set(),
  });
}

const VIEW = 'db1+ db2 db3';
const complete = routesOf(inGroup('db1', VIEW), inGroup('db2', VIEW), inGroup('db3', VIEW));
const lost = routesOf(inGroup('db1', 'db1+ db2'), inGroup('db2', 'db1+ db2'), silent);
const allDown = routesOf(silent, silent, silent);

const NOTHING: PushedReplies = new Map();

it('the first push sets every server: disables some before it enables others, and sets agents before states', () => {
  expect(decideCommands(NOTHING, repliesOf(complete))).toEqual([
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

it('unchanged servers are not pushed again', () => {
  expect(decideCommands(repliesOf(complete), repliesOf(complete))).toEqual([]);
  expect(decideCommands(repliesOf(complete), repliesOf(lost))).toEqual([
    'set server db-write/db3 agent down',
    'set server db-read/db3 agent down',
  ]);
});

interface FakeHaproxy {
  readonly path: string;
  /** The text that each connection sent, in the order of connecting. */
  readonly received: string[];
  /** The reply, by the number of earlier connections; `undefined`: none. */
  answer: (before: number) => Promise<string | undefined> | string | undefined;
}

/** Listens like HAProxy: reads the commands of a connection up to its end, and replies. */
async function listen(answer: FakeHaproxy['answer']): Promise<FakeHaproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'push-routes-'));
  const fake: FakeHaproxy = { path: join(folder, 'socket'), received: [], answer };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const before = fake.received.push('') - 1;
    socket.on('data', (data) => {
      fake.received[before] = `${fake.received[before] ?? ''}${data.toString()}`;
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

it('a change is pushed, and repeated once', async () => {
  const fake = await listen(() => '\n\n');
  const onPush = vi.fn();
  const push = openHaproxyPusher({ socketPath: fake.path, deadlineMs: 5_000, onPush });
  push(complete);
  push(complete);
  await vi.waitFor(() => {
    expect(fake.received).toEqual([fake.received[0], fake.received[0]]);
    expect(fake.received[0]).toContain('set server db-read/db3 state ready\n');
  });
  expect(onPush.mock.calls.map(([result]: unknown[]) => result)).toEqual(['done']);
});

it('after a reload of HAProxy, every server is pushed again', async () => {
  const fake = await listen(() => '\n');
  const push = openHaproxyPusher({ socketPath: fake.path, deadlineMs: 5_000, onPush: () => undefined });
  push(complete);
  await vi.waitFor(() => {
    expect(fake.received).toHaveLength(2);
  });
  push(complete, 'all');
  await vi.waitFor(() => {
    expect(fake.received[2]).toBe(fake.received[0]);
  });
});

it('changes during a slow push are pushed after it, and only the newest', async () => {
  const first = Promise.withResolvers<string>();
  const fake = await listen((before) => (before === 0 ? first.promise : '\n'));
  const push = openHaproxyPusher({ socketPath: fake.path, deadlineMs: 5_000, onPush: () => undefined });
  push(complete);
  await vi.waitFor(() => {
    expect(fake.received[0]).toContain('db-write/db1 agent up');
  });
  push(allDown);
  push(lost);
  expect(fake.received).toHaveLength(1);
  first.resolve('\n');
  await vi.waitFor(() => {
    expect(fake.received[1]).toBe('set server db-write/db3 agent down; set server db-read/db3 agent down\n');
  });
});

it.each([
  ['rejects it', 'No such server.\n\n', 'No such server.'],
  ['does not reply', undefined, 'aborted'],
])('while HAProxy %s, the push is retried, and every failure is counted', async (_what, reply, expected) => {
  const fake = await listen((before) => (before < 2 ? reply : '\n'));
  const onPush = vi.fn();
  openHaproxyPusher({ socketPath: fake.path, deadlineMs: 50, onPush })(complete);
  await vi.waitFor(() => {
    expect(onPush.mock.calls.map(([result]: unknown[]) => result)).toEqual(['failed', 'failed', 'done']);
  });
  expect(onPush).toHaveBeenCalledWith(
    'failed',
    expect.objectContaining({ answer: expect.stringContaining(expected) as string }),
  );
});
