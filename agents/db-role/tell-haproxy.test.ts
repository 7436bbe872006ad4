import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { decideRoutes, type Routes } from './decide-routes.ts';
import { decideCommands, openHaproxyTeller } from './tell-haproxy.ts';
import { inGroup, NODES, reportsOf, silent } from './testing.ts';

const limits = { writerMaxAgeMs: 2500, readerMaxAgeMs: 900, maxApplyQueue: 100 };

function routesOf(...reports: Parameters<typeof reportsOf>): Routes {
  return decideRoutes({ nodes: NODES, reports: reportsOf(...reports), nowMs: 0, limits, readersBefore: new Set() });
}

const VIEW = 'db1+ db2 db3';
const whole = routesOf(inGroup('db1', VIEW), inGroup('db2', VIEW), inGroup('db3', VIEW));

it('a first decision says everything, opening agents before states', () => {
  expect(decideCommands(undefined, whole)).toEqual([
    'set server db-write/db1 agent up',
    'set server db-write/db1 state ready',
    'set server db-read/db1 state maint',
    'set server db-write/db2 state maint',
    'set server db-read/db2 agent up',
    'set server db-read/db2 state ready',
    'set server db-write/db3 state maint',
    'set server db-read/db3 agent up',
    'set server db-read/db3 state ready',
  ]);
});

it('what did not change is not said again', () => {
  expect(decideCommands(whole, whole)).toEqual([]);
  const lost = routesOf(inGroup('db1', 'db1+ db2'), inGroup('db2', 'db1+ db2'), silent);
  expect(decideCommands(whole, lost)).toEqual([
    'set server db-write/db3 agent down',
    'set server db-read/db3 agent down',
  ]);
});

/** Listens as HAProxy does: one connection, commands up to its end, an answer. */
async function listen(answer: string | undefined): Promise<{ readonly path: string; readonly heard: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'tell-haproxy-'));
  const heard: string[] = [];
  const path = join(folder, 'socket');
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (data) => {
      heard.push(data.toString());
      if (answer !== undefined) socket.end(answer);
    });
    socket.on('error', () => undefined);
  }).listen(path);
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { path, heard };
}

it('changes arrive in order, on one connection each', async () => {
  const { path, heard } = await listen('\n\n');
  const log = vi.fn();
  const tell = openHaproxyTeller({ socketPath: path, deadlineMs: 5_000, log });
  tell(['a', 'b']);
  tell([]);
  tell(['c']);
  await vi.waitFor(() => {
    expect(heard).toEqual(['a; b\n', 'c\n']);
  });
  expect(log).not.toHaveBeenCalled();
});

it.each([
  ['HAProxy refuses', 'No such server.\n\n', 'No such server.'],
  ['HAProxy does not answer', undefined, 'aborted'],
])('%s: logged, and the next change is told all the same', async (_when, reply, logged) => {
  const { path, heard } = await listen(reply);
  const log = vi.fn();
  const tell = openHaproxyTeller({ socketPath: path, deadlineMs: 50, log });
  tell(['a']);
  tell(['b']);
  await vi.waitFor(() => {
    expect(log).toHaveBeenCalledTimes(2);
  });
  expect(heard).toEqual(['a\n', 'b\n']);
  expect(log).toHaveBeenCalledWith(expect.any(String), {
    commands: ['a'],
    answer: expect.stringContaining(logged) as string,
  });
});

it('HAProxy is down: logged', async () => {
  const log = vi.fn();
  openHaproxyTeller({ socketPath: '/nonexistent/socket', deadlineMs: 50, log })(['a']);
  await vi.waitFor(() => {
    expect(log).toHaveBeenCalledOnce();
  });
});
