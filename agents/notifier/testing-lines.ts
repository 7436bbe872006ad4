import { type Socket, connect, createServer } from 'node:net';
import type { TestBench } from './testing.ts';

/** Starts a TCP server with the given connection handler; returns its port. */
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

export type LinkState = 'up' | 'loses the last reply' | 'down';

interface ProxyOptions {
  /** Port of the SMTP server behind the proxy. */
  readonly port: number;
  /** Above this number of forwarded bytes the mail is complete: smaller than the mail, larger than the commands before it. */
  readonly bytes: number;
  readonly state: () => LinkState;
}

/** Starts a TCP proxy to an SMTP server. It can drop the connection after the complete mail and before the reply. */
export function startSmtpProxy(bench: TestBench, { port, bytes, state }: ProxyOptions): Promise<number> {
  return startTcp(bench, (socket) => {
    if (state() === 'down') {
      socket.destroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => undefined);
    socket.once('close', () => upstream.end());
    let sentBytes = 0;
    socket.on('data', (data) => {
      sentBytes += data.length;
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (state() === 'loses the last reply' && sentBytes > bytes) socket.destroy();
      else socket.write(data);
    });
  });
}
