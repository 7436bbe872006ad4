import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samplePayload } from './fixtures.ts';
import { notificationOf } from './notification.ts';
import { type Spool, openSpool } from './spool.ts';

const firing = notificationOf(samplePayload([{ name: 'A', host: 'lb1' }]));
const resolved = notificationOf(samplePayload([{ name: 'A', host: 'lb1', status: 'resolved' }]));
const REPEAT_MS = 1_000_000;

let folder: string;
const open = (): Spool => openSpool({ folder, repeatAfterMs: REPEAT_MS });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-spool-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function sendAll(spool: Spool, nowMs: number): number {
  const mails = spool.queue();
  for (const mail of mails) {
    spool.markTold(mail.notification, nowMs);
    spool.drop(mail);
  }
  return mails.length;
}

describe('the spool', () => {
  it('has after a restart what was put in before', () => {
    open().put(firing, 1);
    expect(open().queue()).toMatchObject([{ notification: { alerts: [{ name: 'A' }] }, queuedAtMs: 1 }]);
  });

  it('takes the same news once, queued or sent, before and after a restart', () => {
    const spool = open();
    expect(spool.put(firing, 1)).toBe('queued');
    expect(spool.put(firing, 2)).toBe('duplicate');
    expect(open().put(firing, 3)).toBe('duplicate');
    expect(sendAll(spool, 4)).toBe(1);
    expect(open().put(firing, 5)).toBe('duplicate');
    expect(open().queue()).toEqual([]);
  });

  it('takes the end of what it told, and then nothing about it', () => {
    const spool = open();
    spool.put(firing, 1);
    expect(spool.put(resolved, 2)).toBe('queued');
    sendAll(spool, 3);
    expect(spool.put(firing, 4)).toBe('duplicate');
    expect(spool.put(resolved, 5)).toBe('duplicate');
  });

  it('takes the same news later as a reminder with a Message-ID of its own', () => {
    const spool = open();
    spool.put(firing, 1);
    sendAll(spool, 2);
    expect(spool.put(firing, 2 + REPEAT_MS)).toBe('queued');
    expect(spool.queue()[0]?.repetition).toBeGreaterThan(0);
  });

  it('tells only what is new of a notification', () => {
    const spool = open();
    spool.put(firing, 1);
    spool.put(
      notificationOf(
        samplePayload([
          { name: 'A', host: 'lb1' },
          { name: 'B', host: 'lb1' },
        ]),
      ),
      2,
    );
    expect(spool.queue()[1]?.notification.alerts.map(({ name }) => name)).toEqual(['B']);
  });

  it('knows after a kill between the journal and the queue that the mail was sent', () => {
    const spool = open();
    spool.put(firing, 1);
    spool.markTold(firing, 2);
    const after = open();
    expect(after.queue()).toHaveLength(1);
    expect(after.known(firing.alerts[0]?.key ?? '').told).toEqual({ firingAtMs: 2 });
  });

  it('forgets a file that a kill left half written, and a line cut in two', () => {
    open().put(firing, 1);
    writeFileSync(join(folder, 'queue', 'half.json.new'), '{"key":');
    writeFileSync(join(folder, 'told.jsonl'), '{"key":"x","status":"firing","atMs":1}\n{"key":"y","sta');
    const spool = open();
    expect(spool.queue()).toHaveLength(1);
    expect(spool.known('x').told).toEqual({ firingAtMs: 1 });
    expect(readdirSync(join(folder, 'queue'))).toHaveLength(1);
  });

  it('lays an unreadable mail with the dead and goes on with the others', () => {
    open().put(firing, 1);
    writeFileSync(join(folder, 'queue', '000-torn.json'), '{"key":');
    const spool = open();
    expect(spool.queue()).toHaveLength(1);
    expect(spool.deadCount()).toBe(1);
    expect(open().deadCount()).toBe(1);
  });

  it('keeps what was refused, with the reason', () => {
    const spool = open();
    spool.put(firing, 1);
    const [mail] = spool.queue();
    if (mail !== undefined) spool.bury(mail, 'no such mailbox');
    expect(spool.queue()).toEqual([]);
    expect(open().deadCount()).toBe(1);
  });
});
