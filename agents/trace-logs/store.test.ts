import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_OVERHEAD, makeLogStore, BUFFERS, type LogLine, type LogStore } from './store.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** A line of 1,000 bytes by default. */
function line(atMs: number, text = 'x'.repeat(1_000 - LINE_OVERHEAD)): LogLine {
  return { atMs, host: 'lb1', service: 'HAProxy', text, isCut: false };
}

function makeStore(): LogStore {
  return makeLogStore({ retainedBytes: 3_000, transientBytes: 3_000, linesPerTrace: 3 });
}

const timesOf = (store: LogStore, traceId: string): readonly number[] | undefined =>
  store.read(traceId)?.map(({ atMs }) => atMs);

describe('the stored lines', () => {
  it('are found by trace ID, in the order of arrival', () => {
    const store = makeStore();
    for (const [id, atMs] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const)
      store.add(id, line(atMs), 'transient');
    expect([timesOf(store, 'a'), timesOf(store, 'b'), timesOf(store, 'c')]).toEqual([[1, 3], [2], undefined]);
    expect(store.use('transient')).toEqual({ lines: 3, bytes: 3_000, oldestAtMs: 1 });
    expect(store.use('retained')).toEqual({ lines: 0, bytes: 0, oldestAtMs: undefined });
  });

  it('are evicted as complete traces, the oldest first, if the buffer is full', () => {
    const store = makeStore();
    for (const [id, atMs] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const)
      store.add(id, line(atMs), 'transient');
    expect([timesOf(store, 'a'), timesOf(store, 'b'), timesOf(store, 'c')]).toEqual([undefined, [2], [4]]);
    expect(store.use('transient')).toEqual({ lines: 2, bytes: 2_000, oldestAtMs: 2 });
  });

  it('move to the retained buffer with their trace once a line shows that it is sampled', () => {
    const store = makeStore();
    store.add('a', line(1), 'transient');
    store.add('failed', line(2), 'transient');
    store.add('failed', line(3), 'retained');
    store.add('failed', line(4), 'transient');
    for (let atMs = 5; atMs < 20; atMs += 1) store.add(`other ${atMs}`, line(atMs), 'transient');
    expect(timesOf(store, 'failed')).toEqual([2, 3, 4]);
    expect(timesOf(store, 'a')).toBeUndefined();
    expect(store.use('retained')).toEqual({ lines: 3, bytes: 3_000, oldestAtMs: 2 });
    expect(store.use('transient')).toEqual({ lines: 3, bytes: 3_000, oldestAtMs: 17 });
  });

  it('are limited per trace, because a client may choose the ID', () => {
    const store = makeLogStore({ retainedBytes: 1e6, transientBytes: 1e6, linesPerTrace: 3 });
    expect([1, 2, 3, 4, 5].map((atMs) => store.add('a', line(atMs), 'transient'))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(timesOf(store, 'a')).toEqual([1, 2, 3]);
    expect([store.droppedOf('a'), store.droppedOf('b')]).toEqual([2, 0]);
  });

  it('do not include a line larger than the buffer, and the next one is stored', () => {
    const store = makeStore();
    store.add('large', line(1, 'x'.repeat(5_000)), 'transient');
    expect(timesOf(store, 'large')).toBeUndefined();
    store.add('b', line(2), 'transient');
    expect(timesOf(store, 'b')).toEqual([2]);
  });

  it('count with their memory, also for text that is not ASCII', () => {
    const store = makeStore();
    store.add('a', line(1, 'ß'.repeat(100)), 'transient');
    expect(store.use('transient').bytes).toBe(200 + LINE_OVERHEAD);
  });

  it('stay within the buffer sizes and are counted correctly, for all inputs', () => {
    const steps = fc.array(
      fc.record({ id: fc.constantFrom(...IDS), buffer: fc.constantFrom(...BUFFERS), size: fc.nat(1_500) }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, (lines) => {
        const store = makeStore();
        for (const [atMs, { id, buffer, size }] of lines.entries()) store.add(id, line(atMs, 'x'.repeat(size)), buffer);
        const kept = IDS.flatMap((id) => store.read(id) ?? []);
        const used = BUFFERS.map((buffer) => store.use(buffer));
        expect(used.reduce((sum, use) => sum + use.lines, 0)).toBe(kept.length);
        expect(used.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
          kept.reduce((sum, { text }) => sum + text.length + LINE_OVERHEAD, 0),
        );
        for (const { bytes } of used) expect(bytes).toBeLessThanOrEqual(3_000);
      }),
    );
  });
});
