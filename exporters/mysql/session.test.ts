import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { collect, type Collection } from '../kit/collect.ts';
import { makeMysqlExporter } from './exporter.ts';
import { makeMysqlSessions } from './session.ts';

const CONNECT_MS = 300;
/** Of a test that would otherwise wait for ever: far beyond {@link CONNECT_MS}. */
const DEADLINE_MS = 20_000;

/** Two looks at a database that treats whoever connects like this, and how long each took (ms). */
async function lookTwice(behaviour: ((socket: Socket) => void) | 'nobody listens') {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (behaviour !== 'nobody listens') behaviour(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  if (behaviour === 'nobody listens') await new Promise((resolve) => server.close(resolve));
  const login = { user: 'monitor', password: 'secret', authority: '' };
  const target = { address: '127.0.0.1', port, login, connectMs: CONNECT_MS };
  const exporter = makeMysqlExporter(new Map(), makeMysqlSessions());
  const signal = new AbortController().signal;
  const looks: { readonly seen: Collection; readonly ms: number }[] = [];
  try {
    for (let count = 0; count < 2; count += 1) {
      const begin = performance.now();
      const seen = await collect(exporter, target, { deadlineMs: DEADLINE_MS, maxSeries: 100, signal });
      looks.push({ seen, ms: performance.now() - begin });
    }
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  return looks;
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

it.each<readonly [string, ((socket: Socket) => void) | 'nobody listens']>([
  ['that is not there', 'nobody listens'],
  ['that says nothing', () => undefined],
  ['that hangs up', (socket) => socket.end()],
  ['that stops in the middle of its greeting', (socket) => socket.write(GREETING.subarray(0, 20))],
  ['that hangs up in the middle of its greeting', (socket) => socket.end(GREETING.subarray(0, 20))],
  ['that speaks another language', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['that answers with garbage', (socket) => socket.write(Buffer.alloc(4_096, 0xa5))],
  ['that has no TLS', (socket) => socket.write(GREETING)],
])('a database %s is down, soon, in every look, and its password is told to nobody', async (_what, behaviour) => {
  for (const { seen, ms } of await lookTwice(behaviour)) {
    expect(seen.samples.find(({ name }) => name === 'mysql_up')?.value).toBe(0);
    expect(seen.failures['open']).not.toBe('');
    expect(JSON.stringify(seen)).not.toContain('secret');
    expect(ms).toBeLessThan(DEADLINE_MS / 4);
  }
});
