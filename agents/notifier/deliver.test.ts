import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Deduplication } from './deduplicate.ts';
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
/** Offset of the wall clock from the clock of this test. */
let stepMs = 0;
const reopen = (): Spool => openSpool({ folder, repeatAfterMs: 24 * HOUR_MS, log: () => undefined });
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000_000 });
  stepMs = 0;
  folder = mkdtempSync(join(tmpdir(), 'holdfast-deliver-'));
  spool = reopen();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

type Deduplicate = (mail: QueuedMail) => Deduplication;
const sendAll: Deduplicate = ({ notification, repetition }) => ({ decision: 'send', notification, repetition });

/** Delivers to a server that returns `sendingAt`. Returns the subjects that it accepted, all attempts, and their number. */
function deliverWith(sendingAt: (nowMs: number) => Sending, deduplicate = sendAll) {
  const subjects: string[] = [];
  const attempts: { readonly messageId: string; readonly subject: string }[] = [];
  const logged: string[] = [];
  let tries = 0;
  const delivery = openDelivery({
    ...{ spool, now: () => Date.now() + stepMs, elapsed: Date.now, flood: { groups: 3, withinMs: 10_000 } },
    ...{ minBackoffMs: 500, maxBackoffMs: 15_000, maxAgeMs: 72 * HOUR_MS },
    deduplicate: (mail) => Promise.resolve(deduplicate(mail)),
    write: (notification, repetition) => Promise.resolve(mailTextOf(notification, repetition, context())),
    writeDigest: (mails) => digestTextOf(mails, context()),
    send: ({ subject, messageId }) => {
      attempts.push({ subject, messageId });
      tries += 1;
      const sending = sendingAt(Date.now());
      if (sending.outcome === 'sent') subjects.push(subject);
      return Promise.resolve(sending);
    },
    onSending: () => undefined,
    log: (line) => logged.push(line),
  });
  return { delivery, subjects, attempts, logged, tries: () => tries };
}

const put = (name: string, status: 'firing' | 'resolved' = 'firing'): void => {
  const payload = samplePayload([{ name, host: name, status }]);
  spool.put(notificationOf({ ...payload, groupKey: name }), Date.now() + stepMs);
};

describe('the delivery', () => {
  it('sends once if the notification log is not writable', async () => {
    const logPath = join(folder, 'notified.jsonl');
    rmSync(logPath);
    mkdirSync(logPath);
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

  it('loses nothing and sends once if no server responds for an hour', async () => {
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
    // Retried repeatedly, but at most every 15 seconds.
    expect(tries()).toBeGreaterThan(200);
    expect(tries()).toBeLessThan(260);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(subjects).toEqual(['[FIRING] A A', '[FIRING] B B', '[RESOLVED] A A']);
    expect(spool.queue()).toEqual([]);
    expect(spool.deadCount()).toBe(0);
    await delivery[Symbol.asyncDispose]();
  });

  it('combines an alert storm in one digest, and later sends individual mails again', async () => {
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
        (name) =>
          spool.knowledgeOf(notificationOf(samplePayload([{ name, host: name }])).alerts[0]?.key ?? '').notified
            ?.status,
      ),
    ).toEqual(names.map((name) => ('EF'.includes(name) ? 'firing' : 'resolved')));
    await delivery[Symbol.asyncDispose]();
  });

  it('combines an alert storm in one digest after an hour without a server', async () => {
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
  ])('$to delays no mail, and no alert is mailed twice', async ({ byMs }) => {
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

/** Returns the outcomes one after the other, and then `sent`. */
function inTurn(...sendings: readonly Sending[]): () => Sending {
  let index = -1;
  return () => sendings[(index += 1)] ?? { outcome: 'sent' };
}

describe('a mail that may have arrived', () => {
  it('is resent unchanged if it is a digest, even if more alerts arrived since', async () => {
    const { delivery, attempts } = deliverWith(inTurn(UNSURE, DOWN));
    for (const name of ['A', 'B', 'C', 'D']) put(name);
    delivery.wake();
    await vi.advanceTimersByTimeAsync(2_100);
    expect(attempts).toHaveLength(1);
    for (const name of ['E', 'F', 'G', 'H']) put(name);
    put('A', 'resolved');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(attempts.map(({ subject }) => subject)).toEqual([
      ...Array.from({ length: 3 }, () => '[FIRING] Digest: 4 firing, 0 resolved, in 4 groups'),
      '[FIRING] Digest: 4 firing, 1 resolved, in 5 groups',
    ]);
    expect(new Set(attempts.slice(0, 3).map(({ messageId }) => messageId))).toHaveProperty('size', 1);
    expect(attempts[3]?.messageId).not.toBe(attempts[0]?.messageId);
    expect(spool.queue()).toEqual([]);
    expect(spool.inflight.list()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('is resent unchanged if an alert storm follows it', async () => {
    const { delivery, attempts } = deliverWith(inTurn(UNSURE));
    put('A');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(10);
    for (const name of ['B', 'C', 'D', 'E']) put(name);
    delivery.wake();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(attempts.map(({ subject }) => subject)).toEqual([
      ...['[FIRING] A A', '[FIRING] A A'],
      '[FIRING] Digest: 4 firing, 0 resolved, in 4 groups',
    ]);
    expect(attempts[1]?.messageId).toBe(attempts[0]?.messageId);
    await delivery[Symbol.asyncDispose]();
  });

  it('is resent unchanged after a restart if the notifier was killed while sending it', async () => {
    for (const name of ['A', 'B', 'C', 'D']) put(name);
    // The server never replies. On disk this is the same as a kill during the attempt.
    const killed = deliverWith(inTurn(UNSURE));
    await vi.advanceTimersByTimeAsync(2_100);
    await killed.delivery[Symbol.asyncDispose]();
    const [first] = spool.queue();
    if (first !== undefined) {
      spool.markNotified(first, Date.now());
      spool.drop(first);
    }
    spool = reopen();
    put('E');
    const { delivery, attempts } = deliverWith(
      () => ({ outcome: 'sent' }),
      (mail) => (mail.key === first?.key ? { decision: 'drop' } : sendAll(mail)),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect(attempts.map(({ subject }) => subject)).toEqual([killed.attempts[0]?.subject, '[FIRING] E E']);
    expect(attempts[0]?.messageId).toBe(killed.attempts[0]?.messageId);
    expect(reopen().queue()).toEqual([]);
    expect(reopen().inflight.list()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('is resent unchanged if a peer has mailed a part of it, and not at all if the peer has mailed everything', async () => {
    const known = new Set<string>();
    const { delivery, attempts } = deliverWith(inTurn(UNSURE, UNSURE, UNSURE), (mail) => {
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
    expect(attempts).toHaveLength(2);
    expect(attempts[1]).toEqual(attempts[0]);
    known.add('B');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(attempts).toHaveLength(2);
    expect(spool.queue()).toEqual([]);
    expect(spool.inflight.list()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('is resent unchanged even if it could not be written to disk', async () => {
    rmSync(join(folder, 'inflight'), { recursive: true });
    const { delivery, attempts, logged } = deliverWith(inTurn(UNSURE));
    put('A');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(10);
    expect(logged).toEqual([expect.stringContaining('the in-flight mail is not on disk')]);
    mkdirSync(join(folder, 'inflight'));
    for (const name of ['B', 'C', 'D', 'E']) put(name);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(attempts).toHaveLength(3);
    expect(attempts[1]).toEqual(attempts[0]);
    expect(spool.queue()).toEqual([]);
    await delivery[Symbol.asyncDispose]();
  });

  it('has not arrived if no server was reachable, and is then combined with later alerts', async () => {
    const { delivery, attempts } = deliverWith(inTurn(DOWN));
    put('A');
    delivery.wake();
    await vi.advanceTimersByTimeAsync(10);
    for (const name of ['B', 'C', 'D']) put(name);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(attempts.map(({ subject }) => subject)).toEqual([
      '[FIRING] A A',
      '[FIRING] Digest: 4 firing, 0 resolved, in 4 groups',
    ]);
    await delivery[Symbol.asyncDispose]();
  });
});

it('a dead letter stays in the queue while the disk is full, and is retried with backoff', async () => {
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
