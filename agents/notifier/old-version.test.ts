import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { samplePayload } from './fixtures.ts';
import { openMissingHeartbeat } from './missing-heartbeat.ts';
import { notificationOf } from './notification.ts';
import { queryPeer } from './peers.ts';
import { openSpool } from './spool.ts';
import { openTestBench, post } from './testing.ts';

const bench = openTestBench();
const notification = notificationOf(samplePayload([{ name: 'A' }]));
const KEY = notification.alerts[0]?.key ?? '';
const STATE = { status: 'firing', sinceMs: 1, atMs: 2 };

it('state of an older version is used under its new names', () => {
  const folder = bench.folder();
  const open = () => openSpool({ folder, repeatAfterMs: 1_000, log: () => undefined });
  const before = open();
  before.put(notification, 5);
  const [mail] = before.queue();
  if (mail === undefined) throw new Error('no mail is in the queue');
  before.inflight.begin({ id: mail.key, mails: [mail] });
  renameSync(join(folder, 'inflight'), join(folder, 'telling'));
  renameSync(join(folder, 'notified.jsonl'), join(folder, 'told.jsonl'));
  writeFileSync(join(folder, 'told.jsonl'), `${JSON.stringify({ key: 'x', ...STATE })}\n`);
  openMissingHeartbeat(folder).write(7);
  renameSync(join(folder, 'missing-heartbeat.json'), join(folder, 'silence.json'));
  const spool = open();
  expect(spool.knowledgeOf('x').notified).toEqual(STATE);
  expect(spool.inflight.list()).toEqual([{ id: mail.key, mails: [mail] }]);
  expect(openMissingHeartbeat(folder).read()).toBe(7);
  const names = readdirSync(folder);
  for (const old of ['telling', 'told.jsonl', 'silence.json']) expect(names).not.toContain(old);
});

it('state under an old name does not replace newer state', () => {
  const folder = bench.folder();
  const open = () => openSpool({ folder, repeatAfterMs: 1_000, log: () => undefined });
  open();
  writeFileSync(join(folder, 'notified.jsonl'), `${JSON.stringify({ key: 'x', ...STATE, atMs: 3 })}\n`);
  writeFileSync(join(folder, 'told.jsonl'), `${JSON.stringify({ key: 'x', ...STATE })}\n`);
  mkdirSync(join(folder, 'telling'));
  expect(open().knowledgeOf('x').notified).toEqual({ ...STATE, atMs: 3 });
});

it('a peer of an older version is queried by its old path', async () => {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://peer');
    paths.push(pathname);
    response.statusCode = pathname === '/told' ? 200 : 404;
    response.end(pathname === '/told' ? JSON.stringify({ [KEY]: { told: STATE, queued: true, telling: true } }) : '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  bench.defer(async () => {
    server.close();
    await once(server, 'close');
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const knowledge = await queryPeer({ host: 'mon2', url }, [KEY]);
  expect(knowledge?.get(KEY)).toEqual({ notified: STATE, queued: true, inflight: true });
  expect(paths).toEqual(['/notified', '/told']);
});

it('a peer of an older version gets the old reply', async () => {
  const notifier = await bench.startNotifier({ host: 'mon1', smtp: [1] });
  expect(await post(notifier, samplePayload([{ name: 'A' }]))).toBe(200);
  const query = async (path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${notifier.port}${path}?key=${encodeURIComponent(KEY)}`)).json();
  expect(await query('/told')).toEqual({ [KEY]: { queued: true, telling: expect.any(Boolean) as boolean } });
  expect(await query('/notified')).toEqual({ [KEY]: { queued: true, inflight: expect.any(Boolean) as boolean } });
});
