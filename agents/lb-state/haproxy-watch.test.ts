import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openHaproxyWatch } from './haproxy-watch.ts';

interface FakeHaproxy {
  /** Keeps connections open and reads requests, but does not respond, like a process after SIGSTOP. */
  isHung: boolean;
  readonly sockets: Set<Socket>;
  readonly server: Server;
  readonly path: string;
}

async function startFake(): Promise<FakeHaproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'haproxy-watch-'));
  const sockets = new Set<Socket>();
  const fake: FakeHaproxy = { isHung: false, sockets, server: createServer(accept), path: join(folder, 'socket') };
  function accept(socket: Socket): void {
    sockets.add(socket);
    socket.on('data', () => {
      if (!fake.isHung) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    });
    socket.on('error', () => undefined);
  }
  fake.server.listen(fake.path);
  await once(fake.server, 'listening');
  onTestFinished(async () => {
    fake.server.close();
    for (const socket of sockets) socket.destroy();
    await rm(folder, { recursive: true, force: true });
  });
  return fake;
}

function watch(path: string): boolean[] {
  const changes: boolean[] = [];
  const opened = openHaproxyWatch({
    socketPath: path,
    intervalMs: 10,
    deadlineMs: 40,
    onChange: (isResponding) => changes.push(isResponding),
  });
  onTestFinished(() => {
    opened[Symbol.dispose]();
  });
  return changes;
}

const soon = { timeout: 5_000, interval: 5 };

test('a response, a hang, and the end of the hang are reported', async () => {
  const fake = await startFake();
  const changes = watch(fake.path);
  await vi.waitFor(() => {
    expect(changes).toEqual([true]);
  }, soon);
  fake.isHung = true;
  await vi.waitFor(() => {
    expect(changes).toEqual([true, false]);
  }, soon);
  fake.isHung = false;
  await vi.waitFor(() => {
    expect(changes).toEqual([true, false, true]);
  }, soon);
});

test('the rest of a response that arrives in parts is not a second response', async () => {
  const fake = await startFake();
  let parts = 0;
  fake.server.removeAllListeners('connection').on('connection', (socket) => {
    fake.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n', () => {
        // Long after the first part was read, and before the next request.
        setTimeout(() => {
          socket.write('well');
          parts += 1;
        }, 3);
      });
    });
  });
  const changes = watch(fake.path);
  await vi.waitFor(() => {
    expect(parts).toBeGreaterThan(5);
  }, soon);
  expect(changes).toEqual([true]);
});

test('a missing listener is reported at once', async () => {
  const changes = watch('/nonexistent/socket');
  await vi.waitFor(() => {
    expect(changes).toEqual([false]);
  }, soon);
});

test('after a lost connection (a reload, or a crash between two requests) the response is reported again', async () => {
  const fake = await startFake();
  const changes = watch(fake.path);
  await vi.waitFor(() => {
    expect(changes).toEqual([true]);
  }, soon);
  for (const socket of fake.sockets) socket.destroy();
  await vi.waitFor(() => {
    expect(changes).toEqual([true, true]);
  }, soon);
});
