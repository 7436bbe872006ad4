import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ValkeyTarget } from './connection.ts';
import { parseReply } from './resp.ts';

/** A test server on a free port. */
interface TestServer extends AsyncDisposable {
  readonly target: ValkeyTarget;
  /** Received commands, their parts joined by spaces. */
  readonly commands: readonly string[];
}

/** Replies to each command with the bytes from `answer`; `undefined`: no reply. `answer` may also close the socket. */
export async function startTestServer(
  answer: (command: string, socket: Socket) => string | undefined,
  connectMs = 300,
): Promise<TestServer> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (let parsed = parseReply(chunk); parsed !== undefined; parsed = parseReply(chunk, parsed.next)) {
        const command = Array.isArray(parsed.reply) ? parsed.reply.join(' ') : '';
        commands.push(command);
        const reply = answer(command, socket);
        if (reply !== undefined) socket.write(reply);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    target: { address: '127.0.0.1', port, user: 'monitor', password: 'secret', connectMs },
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Encodes a bulk string. */
export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** Encodes records as Sentinel sends them: lists of alternating fields and values. */
export function records(...things: readonly Readonly<Record<string, string>>[]): string {
  const one = (thing: Readonly<Record<string, string>>): string => {
    const words = Object.entries(thing).flat();
    return `*${words.length}\r\n${words.map(bulk).join('')}`;
  };
  return `*${things.length}\r\n${things.map(one).join('')}`;
}
