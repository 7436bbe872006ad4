import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { replyTo, createCheckServer } from './check-server.ts';
import { decideRoutes } from './decide-routes.ts';
import { inGroup, NO_LAG, NODES, reportsOf } from './testing.ts';

const view = 'db1+ db2 db3';
const reports = reportsOf(inGroup('db1', view), inGroup('db2', view), inGroup('db3', view));
const routes = decideRoutes({
  drained: new Set(),
  nodes: NODES,
  reports,
  nowMs: 0,
  limits: { writerMaxAgeMs: 2500, readerMaxAgeMs: 900, maxApplyQueue: 100, maxLagMs: 5000 },
  lagMs: NO_LAG,
  readersBefore: new Set(),
});

it.each([
  ['db-write db1\n', 'up ready'],
  ['db-write db2\n', 'maint'],
  ['db-read db1\n', 'maint'],
  ['db-read db2\n', 'up ready'],
  ['db-write db9\n', 'down'],
  ['cache db1\n', 'down'],
  ['\n', 'down'],
])('the reply to %j is %j', (line, answer) => {
  expect(replyTo(line, routes)).toBe(answer);
  expect(replyTo(line, undefined)).toBe('down');
});

it('an agent check gets a reply of one line, also if its line arrives in pieces', async () => {
  const server = createCheckServer(() => routes).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('db-wri');
  await once(socket, 'connect');
  socket.write('te db1\n');
  expect(await text(socket)).toBe('up ready\n');
  server.close();
});
