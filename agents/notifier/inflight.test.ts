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
  folder = mkdtempSync(join(tmpdir(), 'holdfast-tellings-'));
  logged = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('are there again after a kill as they were, until it is known that they arrived or their mails are gone', () => {
  const spool = open();
  for (const name of ['A', 'B']) spool.put(notificationOf(samplePayload([{ name }])), 1);
  const [a, b] = spool.queue();
  if (a === undefined || b === undefined) throw new Error('no mails');
  const part = { ...a, notification: { ...a.notification, truncated: 7 } };
  spool.tellings.begin({ id: a.key, mails: [part] });
  spool.tellings.begin({ id: b.key, mails: [b] });
  const again = open();
  expect(again.tellings.list()).toEqual([
    { id: a.key, mails: [part] },
    { id: b.key, mails: [b] },
  ]);
  again.tellings.end({ id: b.key, mails: [b] });
  again.drop(a);
  expect(open().tellings.list()).toEqual([]);
  expect(readdirSync(join(folder, 'telling'))).toEqual([]);
  expect(open().queue()).toHaveLength(1);
});

it('that are damaged are put aside, and their mails are told anew', () => {
  const spool = open();
  spool.put(notificationOf(samplePayload([{ name: 'A' }])), 1);
  writeFileSync(join(folder, 'telling', '1.json'), '{"id":"1","mails":[{"key":"1"}]}');
  writeFileSync(join(folder, 'telling', '2.json.7.new'), '{"id":');
  const again = open();
  expect(again.tellings.list()).toEqual([]);
  expect(again.queue()).toHaveLength(1);
  expect(again.deadCount()).toBe(1);
  expect(logged).toEqual([expect.stringContaining('1.json of the tellings is damaged')]);
});
