import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agreement } from './deduplicate.ts';
import { openDelivery } from './deliver.ts';
import { samplePayload } from './fixtures.ts';
import { digestTextOf, mailTextOf } from './mail-text.ts';
import { notificationOf } from './notification.ts';
import type { QueuedMail } from './queued-mail.ts';
import type { Sending } from './smtp.ts';
import { type Spool, openSpool } from './spool.ts';

const HOUR_MS = 3_600_000;
const context = () => ({ charts: new Map(), links: {}, host: 'mon1', nowMs: Date.now() });

let folder: string;
let spool: Spool;
/** How far the clock that people call now was set from the one of this test. */
let stepMs = 0;
const openAgain = (): Spool => openSpool({ folder, repeatAfterMs: 24 * HOUR_MS, log: () => undefined });
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000_000 });
  stepMs = 0;
  folder = mkdtempSync(join(tmpdir(), 'holdfast-deliver-'));
  spool = openAgain();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

type Agree = (mail: QueuedMail) => Agreement;
const tellAll: Agree = ({ notification, repetition }) => ({ decision: 'send', notification, repetition });

/** Delivers with a server that answers what `sendingAt` says; answers the subjects that it took, what it was asked, and how often. */
function deliverWith(sendingAt: (nowMs: number) => Sending, agree = tellAll) {
  const subjects: string[] = [];
  const asked: { readonly messageId: string; readonly subject: string }[] = [];
  const logged: string[] = [];
  let tries = 0;
  const delivery = openDelivery({
    ...{ spool, now: () => Date.now() + stepMs, elapsed: Date.now, flood: { groups: 3, withinMs: 10_000 } },
    ...{ minBackoffMs: 500, maxBackoffMs: 15_000, maxAgeMs: 72 * HOUR_MS },
    agree: (mail) => Promise.resolve(agree(mail)),
    write: (notification, repetition) => Promise.resolve(mailTextOf(notification, repetition, context())),
    writeDigest: (mails) => digestTextOf(mails, context()),
    send: ({ subject, messageId }) => {
      asked.push({ subject, messageId });
      tries += 1;
      const sending = sendingAt(Date.now());
      if (sending.outcome === 'sent') subjects.push(subject);
      return Promise.resolve(sending);
    },
    onSending: () => undefined,
    log: (line) => logged.push(line),
  });
  return { delivery, subjects, asked, logged, tries: () => tries };
}

const put = (name: string, status: 'firing' | 'resolved' = 'firing'): void => {
  const payload = samplePayload([{ name, host: name, status }]);
  spool.put(notificationOf({ ...payload, groupKey: name }), Date.now() + stepMs);
};

describe('the delivery', () => {
  it('sends once when the disk does not take the note that it was told', async () => {
    const journal = join(folder, 'told.jsonl');
    rmSync(journal);
    mkdirSync(journal);
    put('A');
    const { delivery, subjects, logged } = deliverWith(() => ({ outcome: 'sent' }));
    await vi.advanceTimersByTimeAsync(1_000);
    put('A');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(subjects).toEqual(['[FIRING] A A']);
    expect(logged).toEqual([expect.stringContaining('not on disk')]);
    expect(spool.queue()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('loses nothing and sends once when no server answers for an hour', async () => {
    const backMs = Date.now() + HOUR_MS;
    put('A');
    put('B');
    const { delivery, subjects, tries } = deliverWith((nowMs) =>
      nowMs < backMs ? { outcome: 'unreachable', reason: 'down' } : { outcome: 'sent' },
    );
    await vi.advanceTimersByTimeAsync(HOUR_MS / 2);
    put('A', 'resolved');
    put('A', 'resolved');
    await vi.advanceTimersByTimeAsync(HOUR_MS / 2 - 1_000);
    expect(subjects).toEqual([]);
    // Asked again and again, but not faster than every fifteen seconds.
    expect(tries()).toBeGreaterThan(200);
    expect(tries()).toBeLessThan(260);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(subjects).toEqual(['[FIRING] A A', '[FIRING] B B', '[RESOLVED] A A']);
    expect(spool.queue()).toEqual([]);
    expect(spool.deadCount()).toBe(0);
    await delivery[Symbol.asyncDispose]();
  });

  it('tells a flood in one mail with everything in it, and then one by one again', async () => {
    const { delivery, subjects } = deliverWith(() => ({ outcome: 'sent' }));
    const names = ['A', 'B', 'C', 'D', 'E', 'F'];
    for (const name of names) put(name);
    delivery.wake();
    await vi.advanceTimersByTimeAsync(2_500);
    expect(subjects).toEqual(['[FIRING] Digest: 6 firing, 0 resolved, in 6 groups']);
    for (const name of ['A', 'B', 'C', 'D']) put(name, 'resolved');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(subjects).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(subjects[1]).toBe('[RESOLVED] Digest: 0 firing, 4 resolved, in 4 groups');
    await vi.advanceTimersByTimeAsync(11_000);
    put('G');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(10);
    expect(subjects[2]).toBe('[FIRING] G G');
    expect(
      names.map(
        (name) => spool.known(notificationOf(samplePayload([{ name, host: name }])).alerts[0]?.key ?? '').told?.status,
      ),
    ).toEqual(names.map((name) => ('EF'.includes(name) ? 'firing' : 'resolved')));
    await delivery[Symbol.asyncDispose]();
  });

  it('tells after an hour without a server a flood in one mail', async () => {
    const backMs = Date.now() + HOUR_MS;
    const { delivery, subjects } = deliverWith((nowMs) =>
      nowMs < backMs ? { outcome: 'unreachable', reason: 'down' } : { outcome: 'sent' },
    );
    for (let index = 0; index < 40; index += 1) put(`A${index}`);
    await vi.advanceTimersByTimeAsync(HOUR_MS + 20_000);
    expect(subjects).toEqual(['[FIRING] Digest: 40 firing, 0 resolved, in 40 groups']);
    expect(spool.queue()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });
});

describe('a clock that is set while mails wait', () => {
  it.each([
    { to: 'ahead', byMs: 2 * HOUR_MS },
    { to: 'back', byMs: -2 * HOUR_MS },
  ])('$to holds none up, and none is told twice', async ({ byMs }) => {
    const backMs = Date.now() + 60_000;
    const { delivery, subjects } = deliverWith((nowMs) =>
      nowMs < backMs ? { outcome: 'unreachable', reason: 'down' } : { outcome: 'sent' },
    );
    put('A');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(30_000);
    stepMs = byMs;
    await vi.advanceTimersByTimeAsync(46_000);
    expect(subjects).toEqual(['[FIRING] A A']);
    put('A');
    put('A', 'resolved');
    put('A', 'resolved');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(subjects).toEqual(['[FIRING] A A', '[RESOLVED] A A']);
    await vi.advanceTimersByTimeAsync(20_000);
    stepMs = 0;
    for (const name of ['B', 'C', 'D', 'E']) put(name);
    delivery.wake();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(subjects.slice(2)).toEqual(['[FIRING] Digest: 4 firing, 0 resolved, in 4 groups']);
    expect(spool.queue()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });
});

const UNSURE: Sending = { outcome: 'unsure', reason: 'the server ended the connection' };
const DOWN: Sending = { outcome: 'unreachable', reason: 'down' };

/** Answers one after the other; the last one for ever. */
function inTurn(...sendings: readonly Sending[]): () => Sending {
  let index = -1;
  return () => sendings[(index += 1)] ?? { outcome: 'sent' };
}

describe('what may have arrived', () => {
  it('is told again as the same mail, whatever came since: a digest', async () => {
    const { delivery, asked } = deliverWith(inTurn(UNSURE, DOWN));
    for (const name of ['A', 'B', 'C', 'D']) put(name);
    delivery.wake();
    await vi.advanceTimersByTimeAsync(2_100);
    expect(asked).toHaveLength(1);
    for (const name of ['E', 'F', 'G', 'H']) put(name);
    put('A', 'resolved');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.map(({ subject }) => subject)).toEqual([
      ...Array.from({ length: 3 }, () => '[FIRING] Digest: 4 firing, 0 resolved, in 4 groups'),
      '[FIRING] Digest: 4 firing, 1 resolved, in 5 groups',
    ]);
    expect(new Set(asked.slice(0, 3).map(({ messageId }) => messageId))).toHaveProperty('size', 1);
    expect(asked[3]?.messageId).not.toBe(asked[0]?.messageId);
    expect(spool.queue()).toEqual([]);
    expect(spool.tellings.list()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('is told again as the same mail, whatever came since: one that a flood comes after', async () => {
    const { delivery, asked } = deliverWith(inTurn(UNSURE));
    put('A');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(10);
    for (const name of ['B', 'C', 'D', 'E']) put(name);
    delivery.wake();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked.map(({ subject }) => subject)).toEqual([
      ...['[FIRING] A A', '[FIRING] A A'],
      '[FIRING] Digest: 4 firing, 0 resolved, in 4 groups',
    ]);
    expect(asked[1]?.messageId).toBe(asked[0]?.messageId);
    await delivery[Symbol.asyncDispose]();
  });

  it('is told again as the same mail by the next life of a notifier that was killed while it told it', async () => {
    for (const name of ['A', 'B', 'C', 'D']) put(name);
    // Nobody ever answers: it is killed meanwhile, as seen from the disk.
    const killed = deliverWith(inTurn(UNSURE));
    await vi.advanceTimersByTimeAsync(2_100);
    await killed.delivery[Symbol.asyncDispose]();
    const [first] = spool.queue();
    if (first !== undefined) {
      spool.markTold(first, Date.now());
      spool.drop(first);
    }
    spool = openAgain();
    put('E');
    const { delivery, asked } = deliverWith(
      () => ({ outcome: 'sent' }),
      (mail) => (mail.key === first?.key ? { decision: 'drop' } : tellAll(mail)),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked.map(({ subject }) => subject)).toEqual([killed.asked[0]?.subject, '[FIRING] E E']);
    expect(asked[0]?.messageId).toBe(killed.asked[0]?.messageId);
    expect(openAgain().queue()).toEqual([]);
    expect(openAgain().tellings.list()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('is told again as it was when another notifier told a part of it since, and not at all when it told everything', async () => {
    const known = new Set<string>();
    const { delivery, asked } = deliverWith(inTurn(UNSURE, UNSURE, UNSURE), (mail) => {
      const alerts = mail.notification.alerts.filter(({ name }) => !known.has(name));
      return alerts.length === 0
        ? { decision: 'drop' }
        : { decision: 'send', notification: { ...mail.notification, alerts }, repetition: mail.repetition };
    });
    const both = samplePayload([{ name: 'A' }, { name: 'B' }]);
    spool.put(notificationOf(both), Date.now());
    delivery.wake();
    await vi.advanceTimersByTimeAsync(10);
    known.add('A');
    await vi.advanceTimersByTimeAsync(700);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
    known.add('B');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(2);
    expect(spool.queue()).toEqual([]);
    expect(spool.tellings.list()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('is told again as the same mail also when the disk takes no note of it', async () => {
    rmSync(join(folder, 'telling'), { recursive: true });
    const { delivery, asked, logged } = deliverWith(inTurn(UNSURE));
    put('A');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(10);
    expect(logged).toEqual([expect.stringContaining('what is being told is not on disk')]);
    mkdirSync(join(folder, 'telling'));
    for (const name of ['B', 'C', 'D', 'E']) put(name);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked).toHaveLength(3);
    expect(asked[1]).toEqual(asked[0]);
    expect(spool.queue()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('did not arrive where no server could be reached: then it is told with what came since', async () => {
    const { delivery, asked } = deliverWith(inTurn(DOWN));
    put('A');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(10);
    for (const name of ['B', 'C', 'D']) put(name);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked.map(({ subject }) => subject)).toEqual([
      '[FIRING] A A',
      '[FIRING] Digest: 4 firing, 0 resolved, in 4 groups',
    ]);
    await delivery[Symbol.asyncDispose]();
  });
});

it('what has to be put aside while the disk is full stays in the queue, and is not asked for without end', async () => {
  rmSync(join(folder, 'dead'), { recursive: true });
  const { delivery, tries } = deliverWith(() => ({ outcome: 'refused', reason: 'no such mailbox' }));
  put('A');
  delivery.wake();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(spool.queue()).toHaveLength(1);
  expect(tries()).toBeLessThan(12);
  mkdirSync(join(folder, 'dead'));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(spool.queue()).toEqual([]);
  expect(spool.deadCount()).toBe(1);
  await delivery[Symbol.asyncDispose]();
});
