import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readHostFacts } from './read-host-facts.ts';

const { signal } = new AbortController();

/** Asks a door that treats whoever connects like this. */
async function ask(behaviour: (socket: Socket) => void, answerMs = 5_000) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    behaviour(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return await readHostFacts({ address: '127.0.0.1', port, host: 'web1', answerMs }, signal);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

describe('a facts door', () => {
  it('is read to its end', async () => {
    const facts = await ask((socket) =>
      socket.end('==> /a/b <==\n1\n\n==> /a/c <==\n2\n\n==> /etc/hostname <==\nweb1\n'),
    );
    expect(facts.below('/a')).toEqual(['/a/b', '/a/c']);
    expect(facts.read('/a/c')).toBe('2\n');
    expect(facts.has('/a/d')).toBe(false);
    expect(() => facts.read('/a/d')).toThrow('/a/d is not in what web1 said');
  });

  it('that stops in the middle is heard as far as it spoke', async () => {
    const facts = await ask((socket) => socket.write('==> /a/b <==\n1\n\n==> /a/c <==\n2'), 200);
    expect(facts.read('/a/b')).toBe('1\n');
    expect(facts.has('/a/c')).toBe(false);
  });

  it.each<readonly [string, (socket: Socket) => void, string]>([
    ['says nothing', () => undefined, 'aborted'],
    ['hangs up', (socket) => socket.end(), 'nothing that can be used'],
    ['speaks another language', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'nothing that can be used'],
    ['is of another host', (socket) => socket.end('==> /etc/hostname <==\nweb2\n'), 'It is web2 that answers'],
    ['never ends', (socket) => socket.write(Buffer.alloc(1024 * 1024, 'x')), 'said more than'],
  ])('that %s is no door', async (_title, behaviour, message) => {
    await expect(ask(behaviour, 300)).rejects.toThrow(message);
  });

  it('that is not there is told as such', async () => {
    await expect(
      readHostFacts({ address: '127.0.0.1', port: 1, host: 'web1', answerMs: 1_000 }, signal),
    ).rejects.toThrow('ECONNREFUSED');
  });
});
