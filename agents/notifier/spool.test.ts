import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
let logged: string[];
const open = (): Spool => openSpool({ folder, repeatAfterMs: REPEAT_MS, log: (line) => logged.push(line) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-spool-'));
  logged = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function sendAll(spool: Spool, nowMs: number): number {
  const mails = spool.queue();
  for (const mail of mails) {
    spool.markNotified(mail, nowMs);
    spool.drop(mail);
  }
  return mails.length;
}

describe('the spool', () => {
  it('keeps queued notifications over a restart', () => {
    open().put(firing, 1);
    expect(open().queue()).toMatchObject([{ notification: { alerts: [{ name: 'A' }] }, queuedAtMs: 1 }]);
  });

  it('keeps the order of arrival over a restart, even if the clock was set back in between', () => {
    const spool = open();
    spool.put(firing, 1_000_000);
    open().put(resolved, 10);
    expect(open().queue()).toMatchObject([
      { notification: { alerts: [{ status: 'firing' }] } },
      { notification: { alerts: [{ status: 'resolved' }] } },
    ]);
  });

  it('queues the same notification once, queued or sent, before and after a restart', () => {
    const spool = open();
    expect(spool.put(firing, 1)).toBe('queued');
    expect(spool.put(firing, 2)).toBe('duplicate');
    expect(open().put(firing, 3)).toBe('duplicate');
    expect(sendAll(spool, 4)).toBe(1);
    expect(open().put(firing, 5)).toBe('duplicate');
    expect(open().queue()).toEqual([]);
  });

  it('queues the end of a mailed alert, and then nothing more about it', () => {
    const spool = open();
    spool.put(firing, 1);
    expect(spool.put(resolved, 2)).toBe('queued');
    sendAll(spool, 3);
    expect(spool.put(firing, 4)).toBe('duplicate');
    expect(spool.put(resolved, 5)).toBe('duplicate');
  });

  it('queues the end of a mailed alert, even if Alertmanager has another start for it', () => {
    const spool = open();
    spool.put(firing, 1);
    sendAll(spool, 2);
    const later = notificationOf(
      samplePayload([{ name: 'A', host: 'lb1', status: 'resolved', startsAt: '2026-11-23T15:00:02.918Z' }]),
    );
    expect(spool.put(later, 3)).toBe('queued');
    expect(spool.queue()[0]?.repetition).toBe(0);
    expect(spool.put(resolved, 4)).toBe('duplicate');
  });

  it('queues a start or end after its last mail, because a peer may have mailed the change in between', () => {
    const startsAtMs = firing.alerts[0]?.startsAtMs ?? 0;
    const endsAtMs = resolved.alerts[0]?.endsAtMs ?? 0;
    const spool = open();
    spool.put(firing, startsAtMs - 20_000);
    sendAll(spool, startsAtMs - 10_000);
    expect(spool.put(firing, startsAtMs - 1)).toBe('duplicate');
    expect(spool.put(firing, startsAtMs + 1_000)).toBe('queued');
    expect(spool.queue()).toMatchObject([{ repetition: 0 }]);
    expect(spool.put(firing, startsAtMs + 2_000)).toBe('duplicate');
    expect(spool.put(resolved, endsAtMs - 20_000)).toBe('queued');
    sendAll(spool, endsAtMs - 10_000);
    expect(spool.put(resolved, endsAtMs + 1_000)).toBe('queued');
    expect(spool.put(resolved, endsAtMs + 2_000)).toBe('duplicate');
  });

  it('queues the same notification later as a reminder with its own Message-ID', () => {
    const spool = open();
    spool.put(firing, 1);
    sendAll(spool, 2);
    expect(spool.put(firing, 2 + REPEAT_MS)).toBe('queued');
    expect(spool.queue()[0]?.repetition).toBeGreaterThan(0);
  });

  it('gives the end after a reminder another Message-ID than the end after the first mail, also after a restart', () => {
    const spool = open();
    spool.put(firing, 1);
    sendAll(spool, 2);
    spool.put(firing, 2 + REPEAT_MS);
    const [reminder] = spool.queue();
    sendAll(spool, 3 + REPEAT_MS);
    const after = open();
    after.put(resolved, 4 + REPEAT_MS);
    expect(after.queue()[0]?.repetition).toBe(reminder?.repetition);
  });

  it('queues only the new alerts of a notification', () => {
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

  it('knows that a mail was sent after a kill between log entry and queue removal', () => {
    const spool = open();
    spool.put(firing, 1);
    spool.markNotified({ notification: firing, repetition: 0 }, 2);
    const after = open();
    expect(after.queue()).toHaveLength(1);
    expect(after.knowledgeOf(firing.alerts[0]?.key ?? '').notified).toMatchObject({ status: 'firing', atMs: 2 });
  });

  it('ignores an incomplete file and a truncated log line after a kill', () => {
    open().put(firing, 1);
    writeFileSync(join(folder, 'queue', 'half.json.new'), '{"key":');
    writeFileSync(
      join(folder, 'notified.jsonl'),
      '{"key":"x","status":"firing","sinceMs":0,"atMs":1}\n{"key":"y","sta',
    );
    const spool = open();
    expect(spool.queue()).toHaveLength(1);
    expect(spool.knowledgeOf('x').notified).toEqual({ status: 'firing', sinceMs: 0, atMs: 1 });
    expect(readdirSync(join(folder, 'queue'))).toHaveLength(1);
  });

  it.each([
    ['torn', '000-torn', () => '{"key":'],
    ['JSON of another kind', '000-other', () => '{"key":"000-other"}'],
    [
      'a mail with an invalid field',
      '000-damaged',
      (good: string) => good.replace('"alerts":[{', '"alerts":[{"key":7},{'),
    ],
    ['a mail with another key', '000-renamed', (good: string) => good],
    ['empty', '000-empty', () => ''],
  ])(
    'moves a file that is %s to the dead-letter queue, logs that, and continues with the others',
    (_what, name, damage) => {
      open().put(firing, 1);
      const [good = ''] = readdirSync(join(folder, 'queue'));
      const text = readFileSync(join(folder, 'queue', good), 'utf8').replace(/"key":"[^"]*"/, `"key":"${name}"`);
      writeFileSync(
        join(folder, 'queue', `${name}.json`),
        damage(name === '000-renamed' ? text.replace(name, '000-somebody') : text),
      );
      const spool = open();
      expect(spool.queue()).toMatchObject([{ key: good.slice(0, -'.json'.length) }]);
      expect(spool.deadCount()).toBe(1);
      expect(logged).toEqual([expect.stringContaining(`${name}.json of the queue is damaged`)]);
      expect(open().deadCount()).toBe(1);
      expect(sendAll(spool, 2)).toBe(1);
    },
  );

  it('moves folders in the queue to the dead-letter queue', () => {
    open().put(firing, 1);
    for (const name of ['000-folder.json', '001-folder']) mkdirSync(join(folder, 'queue', name));
    const spool = open();
    expect(spool.queue()).toHaveLength(1);
    expect(spool.deadCount()).toBe(2);
  });

  it('keeps only the newest unreadable texts within the limits', () => {
    const spool = open();
    const text = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 20; index += 1) spool.deadLetterText(text, `reason ${index}`, 1_000 + index);
    const kept = readdirSync(join(folder, 'dead')).toSorted();
    expect(kept).toHaveLength(15);
    // An alert fires on the growth of this count, so it includes removed files.
    expect(spool.deadCount()).toBe(20);
    expect(readFileSync(join(folder, 'dead', kept.at(-1) ?? ''), 'utf8')).toContain('reason 19');
    expect(open().deadCount()).toBe(15);
  });

  it('keeps a refused mail with the reason', () => {
    const spool = open();
    spool.put(firing, 1);
    const [mail] = spool.queue();
    if (mail !== undefined) spool.deadLetter(mail, 'no such mailbox');
    expect(spool.queue()).toEqual([]);
    expect(open().deadCount()).toBe(1);
  });
});
