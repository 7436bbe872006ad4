import { type Socket, connect, createServer } from 'node:net';
import type { TestBench } from './testing.ts';

/** A TCP server that does with its connections what it is told; answers its port. */
export async function startTcp(bench: TestBench, onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  bench.defer(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export type Line = 'good' | 'loses the last answer' | 'dead';

interface LineOptions {
  /** Of the SMTP server behind it. */
  readonly port: number;
  /** What went through is a whole mail when it is more than this: less than the mail, more than what is said before it. */
  readonly bytes: number;
  readonly state: () => Line;
}

/** A line to an SMTP server; it may break after the whole of a mail went through and before the answer did. */
export function startLine(bench: TestBench, { port, bytes, state }: LineOptions): Promise<number> {
  return startTcp(bench, (socket) => {
    if (state() === 'dead') {
      socket.destroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => undefined);
    socket.once('close', () => upstream.end());
    let given = 0;
    socket.on('data', (data) => {
      given += data.length;
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (state() === 'loses the last answer' && given > bytes) socket.destroy();
      else socket.write(data);
    });
  });
}
