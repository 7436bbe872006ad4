import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ValkeyTarget } from './connection.ts';
import { parseReply } from './resp.ts';

/** A server for tests, on a free port. */
interface TestServer extends AsyncDisposable {
  readonly target: ValkeyTarget;
  /** What it was asked, words joined. */
  readonly asked: readonly string[];
}

/** Answers each command with the bytes that `answer` gives; `undefined` is silence, a Socket-wide end is `answer`'s to make. */
export async function startTestServer(
  answer: (command: string, socket: Socket) => string | undefined,
  connectMs = 300,
): Promise<TestServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (let parsed = parseReply(chunk); parsed !== undefined; parsed = parseReply(chunk, parsed.next)) {
        const command = Array.isArray(parsed.reply) ? parsed.reply.join(' ') : '';
        asked.push(command);
        const said = answer(command, socket);
        if (said !== undefined) socket.write(said);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    target: { address: '127.0.0.1', port, user: 'monitor', password: 'secret', connectMs },
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A text as Valkey sends it. */
export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** A list of things, fields and values in turn, as Sentinel sends it. */
export function records(...things: readonly Readonly<Record<string, string>>[]): string {
  const one = (thing: Readonly<Record<string, string>>): string => {
    const words = Object.entries(thing).flat();
    return `*${words.length}\r\n${words.map(bulk).join('')}`;
  };
  return `*${things.length}\r\n${things.map(one).join('')}`;
}
