import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { samplePayload } from './fixtures.ts';
import { notificationOf } from './notification.ts';
import { openSpool } from './spool.ts';

let folder: string;
let logged: string[];
const open = () => openSpool({ folder, repeatAfterMs: 1_000, log: (line) => logged.push(line) });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-inflight-'));
  logged = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('in-flight mails survive a kill unchanged, until their outcome is known or their mails have left the queue', () => {
  const spool = open();
  for (const name of ['A', 'B']) spool.put(notificationOf(samplePayload([{ name }])), 1);
  const [a, b] = spool.queue();
  if (a === undefined || b === undefined) throw new Error('no mails');
  const part = { ...a, notification: { ...a.notification, truncated: 7 } };
  spool.inflight.begin({ id: a.key, mails: [part] });
  spool.inflight.begin({ id: b.key, mails: [b] });
  const reopened = open();
  expect(reopened.inflight.list()).toEqual([
    { id: a.key, mails: [part] },
    { id: b.key, mails: [b] },
  ]);
  reopened.inflight.end({ id: b.key, mails: [b] });
  reopened.drop(a);
  expect(open().inflight.list()).toEqual([]);
  expect(readdirSync(join(folder, 'inflight'))).toEqual([]);
  expect(open().queue()).toHaveLength(1);
});

it('a damaged in-flight file is moved to the dead-letter queue, and its mail stays in the queue', () => {
  const spool = open();
  spool.put(notificationOf(samplePayload([{ name: 'A' }])), 1);
  writeFileSync(join(folder, 'inflight', '1.json'), '{"id":"1","mails":[{"key":"1"}]}');
  writeFileSync(join(folder, 'inflight', '2.json.7.new'), '{"id":');
  const reopened = open();
  expect(reopened.inflight.list()).toEqual([]);
  expect(reopened.queue()).toHaveLength(1);
  expect(reopened.deadCount()).toBe(1);
  expect(logged).toEqual([expect.stringContaining('1.json of the in-flight mails is damaged')]);
});
