import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { collect, type Collection } from '../kit/collect.ts';
import { makeMysqlExporter } from './exporter.ts';
import { makeMysqlSessions } from './session.ts';

const CONNECT_MS = 300;
/** Deadline of a collection, far above {@link CONNECT_MS}. */
const DEADLINE_MS = 20_000;

/** Collects twice from a server that treats its clients as `behaviour` does; returns results and durations (ms). */
async function collectTwice(behaviour: ((socket: Socket) => void) | 'not listening') {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (behaviour !== 'not listening') behaviour(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  if (behaviour === 'not listening') await new Promise((resolve) => server.close(resolve));
  const login = { user: 'monitor', password: 'secret', authority: '' };
  const target = { address: '127.0.0.1', port, login, connectMs: CONNECT_MS };
  const exporter = makeMysqlExporter(new Map(), makeMysqlSessions());
  const signal = new AbortController().signal;
  const collections: { readonly collection: Collection; readonly ms: number }[] = [];
  try {
    for (let count = 0; count < 2; count += 1) {
      const begin = performance.now();
      const collection = await collect(exporter, target, { deadlineMs: DEADLINE_MS, maxSeries: 100, signal });
      collections.push({ collection, ms: performance.now() - begin });
    }
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  return collections;
}

/** The greeting of a server without TLS, as MySQL sends it: protocol 10, version, thread, salt, capabilities. */
const GREETING = Buffer.concat([
  Buffer.from([0x4a, 0, 0, 0, 10]),
  Buffer.from('9.7.4\0'),
  Buffer.from([1, 0, 0, 0]),
  Buffer.from('12345678\0'),
  Buffer.from([0xff, 0xf7, 0xff, 2, 0, 0xff, 0xdf, 21]),
  Buffer.alloc(10),
  Buffer.from('123456789012\0caching_sha2_password\0'),
]);

it.each<readonly [string, ((socket: Socket) => void) | 'not listening']>([
  ['that does not listen', 'not listening'],
  ['that sends nothing', () => undefined],
  ['that closes the connection', (socket) => socket.end()],
  ['that stops in the middle of its greeting', (socket) => socket.write(GREETING.subarray(0, 20))],
  ['that closes the connection in the middle of its greeting', (socket) => socket.end(GREETING.subarray(0, 20))],
  ['that uses another protocol', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['that answers with garbage', (socket) => socket.write(Buffer.alloc(4_096, 0xa5))],
  ['that has no TLS', (socket) => socket.write(GREETING)],
])(
  'a database %s is exposed as down quickly in every scrape, and the password does not leak',
  async (_what, behaviour) => {
    for (const { collection, ms } of await collectTwice(behaviour)) {
      expect(collection.samples.find(({ name }) => name === 'mysql_up')?.value).toBe(0);
      expect(collection.failures['open']).not.toBe('');
      expect(JSON.stringify(collection)).not.toContain('secret');
      expect(ms).toBeLessThan(DEADLINE_MS / 4);
    }
  },
);
