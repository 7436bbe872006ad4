import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openHaproxyWatch } from './haproxy-watch.ts';

interface FakeHaproxy {
  /** Connections stay open and requests are read, but nothing is answered: what SIGSTOP looks like from outside. */
  frozen: boolean;
  readonly sockets: Set<Socket>;
  readonly server: Server;
  readonly path: string;
}

async function startFake(): Promise<FakeHaproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'haproxy-watch-'));
  const sockets = new Set<Socket>();
  const fake: FakeHaproxy = { frozen: false, sockets, server: createServer(accept), path: join(folder, 'socket') };
  function accept(socket: Socket): void {
    sockets.add(socket);
    socket.on('data', () => {
      if (!fake.frozen) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
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
  const findings: boolean[] = [];
  const opened = openHaproxyWatch({
    socketPath: path,
    intervalMs: 10,
    deadlineMs: 40,
    onChange: (answers) => findings.push(answers),
  });
  onTestFinished(() => {
    opened[Symbol.dispose]();
  });
  return findings;
}

const soon = { timeout: 5_000, interval: 5 };

test('an answer is found, a freeze is found, and the end of the freeze is found', async () => {
  const fake = await startFake();
  const findings = watch(fake.path);
  await vi.waitFor(() => {
    expect(findings).toEqual([true]);
  }, soon);
  fake.frozen = true;
  await vi.waitFor(() => {
    expect(findings).toEqual([true, false]);
  }, soon);
  fake.frozen = false;
  await vi.waitFor(() => {
    expect(findings).toEqual([true, false, true]);
  }, soon);
});

test('the rest of an answer that comes in parts is no answer of its own', async () => {
  const fake = await startFake();
  let parts = 0;
  fake.server.removeAllListeners('connection').on('connection', (socket) => {
    fake.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n', () => {
        // Long after the first part was read, and before the next question.
        setTimeout(() => {
          socket.write('well');
          parts += 1;
        }, 3);
      });
    });
  });
  const findings = watch(fake.path);
  await vi.waitFor(() => {
    expect(parts).toBeGreaterThan(5);
  }, soon);
  expect(findings).toEqual([true]);
});

test('nobody there is found at once', async () => {
  const findings = watch('/nonexistent/socket');
  await vi.waitFor(() => {
    expect(findings).toEqual([false]);
  }, soon);
});

test('after a lost connection (a reload, or a death between two questions) the answer is told anew', async () => {
  const fake = await startFake();
  const findings = watch(fake.path);
  await vi.waitFor(() => {
    expect(findings).toEqual([true]);
  }, soon);
  for (const socket of fake.sockets) socket.destroy();
  await vi.waitFor(() => {
    expect(findings).toEqual([true, true]);
  }, soon);
});
