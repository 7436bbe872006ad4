import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { LoadTarget } from './load-run.ts';

/** A TCP server on a free port of the loopback interface. */
export interface TestServer extends AsyncDisposable {
  readonly target: LoadTarget;
}

/** Starts a server that handles each connection with `serve`. Disposing closes it and its connections. */
export async function openTestServer(serve: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    target: { name: 'test', url: `http://127.0.0.1:${port}` },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
