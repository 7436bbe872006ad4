import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readHostFacts } from './read-host-facts.ts';

const { signal } = new AbortController();

/** Reads from a host-metrics endpoint that treats its clients as `behaviour` does. */
async function read(behaviour: (socket: Socket) => void, answerMs = 5_000) {
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

describe('a host-metrics endpoint', () => {
  it('is read until it closes the connection', async () => {
    const facts = await read((socket) =>
      socket.end('==> /a/b <==\n1\n\n==> /a/c <==\n2\n\n==> /etc/hostname <==\nweb1\n'),
    );
    expect(facts.below('/a')).toEqual(['/a/b', '/a/c']);
    expect(facts.read('/a/c')).toBe('2\n');
    expect(facts.has('/a/d')).toBe(false);
    expect(() => facts.read('/a/d')).toThrow('/a/d is missing in the response of web1');
  });

  it('that stops in the middle yields the files that were complete', async () => {
    const facts = await read((socket) => socket.write('==> /a/b <==\n1\n\n==> /a/c <==\n2'), 200);
    expect(facts.read('/a/b')).toBe('1\n');
    expect(facts.has('/a/c')).toBe(false);
  });

  it.each<readonly [string, (socket: Socket) => void, string]>([
    ['sends nothing', () => undefined, 'aborted'],
    ['closes the connection', (socket) => socket.end(), 'contains no complete file'],
    ['uses another protocol', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'contains no complete file'],
    ['belongs to another host', (socket) => socket.end('==> /etc/hostname <==\nweb2\n'), 'belongs to web2'],
    ['never ends', (socket) => socket.write(Buffer.alloc(1024 * 1024, 'x')), 'is larger than'],
  ])('that %s fails the read', async (_title, behaviour, message) => {
    await expect(read(behaviour, 300)).rejects.toThrow(message);
  });

  it('that does not listen fails with the system error', async () => {
    await expect(
      readHostFacts({ address: '127.0.0.1', port: 1, host: 'web1', answerMs: 1_000 }, signal),
    ).rejects.toThrow('ECONNREFUSED');
  });
});
