import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDelivery } from './deliver.ts';
import { samplePayload } from './fixtures.ts';
import { digestTextOf, mailTextOf } from './mail-text.ts';
import { notificationOf } from './notification.ts';
import type { Sending } from './smtp.ts';
import { type Spool, openSpool } from './spool.ts';

const HOUR_MS = 3_600_000;
const context = () => ({ charts: new Map(), links: {}, host: 'mon1', nowMs: Date.now() });

let folder: string;
let spool: Spool;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000_000 });
  folder = mkdtempSync(join(tmpdir(), 'holdfast-deliver-'));
  spool = openSpool({ folder, repeatAfterMs: 24 * HOUR_MS, log: () => undefined });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** Delivers with a server that answers what `sendingAt` says; answers the subjects that it took, and how often it was asked. */
function deliverWith(sendingAt: (nowMs: number) => Sending) {
  const subjects: string[] = [];
  const logged: string[] = [];
  let tries = 0;
  const delivery = openDelivery({
    ...{ spool, now: Date.now, flood: { groups: 3, withinMs: 10_000 } },
    ...{ minBackoffMs: 500, maxBackoffMs: 15_000, maxAgeMs: 72 * HOUR_MS },
    agree: ({ notification }) => Promise.resolve({ decision: 'send', notification }),
    write: (notification, repetition) => Promise.resolve(mailTextOf(notification, repetition, context())),
    writeDigest: (notifications) => digestTextOf(notifications, context()),
    send: ({ subject }) => {
      tries += 1;
      const sending = sendingAt(Date.now());
      if (sending.outcome === 'sent') subjects.push(subject);
      return Promise.resolve(sending);
    },
    onSending: () => undefined,
    log: (line) => logged.push(line),
  });
  return { delivery, subjects, logged, tries: () => tries };
}

const put = (name: string, status: 'firing' | 'resolved' = 'firing'): void => {
  const payload = samplePayload([{ name, host: name, status }]);
  spool.put(notificationOf({ ...payload, groupKey: name }), Date.now());
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
        (name) =>
          spool.known(notificationOf(samplePayload([{ name, host: name }])).alerts[0]?.key ?? '').told.firingAtMs,
      ),
    ).not.toContain(undefined);
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
