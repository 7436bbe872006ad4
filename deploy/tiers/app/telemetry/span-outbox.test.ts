import { expect, it } from 'vitest';
import { SpanOutbox, type EndedSpan, type SendSpans } from './span-outbox.ts';

const LIMITS = { maxQueued: 10, maxBatch: 4, delayMs: 5, deadlineMs: 20 };

function makeOutbox(send: SendSpans) {
  const counts = { sent: 0, 'queue-full': 0, 'store-failed': 0 };
  const outbox = new SpanOutbox({
    send,
    limits: LIMITS,
    onSent: (count) => {
      counts.sent += count;
    },
    onDropped: (reason, count) => {
      counts[reason] += count;
    },
  });
  const give = (count: number): void => {
    for (let index = 0; index < count; index += 1) outbox.onEnd({ name: `span ${index}` } as EndedSpan);
  };
  return { outbox, counts, give };
}

it('sends all spans in batches, one batch at a time', async () => {
  const sizes: number[] = [];
  let atOnce = 0;
  const { outbox, counts, give } = makeOutbox(async (spans) => {
    atOnce += 1;
    expect(atOnce).toBe(1);
    sizes.push(spans.length);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
  });
  give(9);
  await outbox.forceFlush();
  expect(sizes).toEqual([4, 4, 1]);
  expect(counts).toEqual({ sent: 9, 'queue-full': 0, 'store-failed': 0 });
});

it('sends a single span after a delay, without a flush', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const { give } = makeOutbox((spans) => {
    resolve(spans.length);
    return Promise.resolve();
  });
  give(1);
  expect(await promise).toBe(1);
});

it('never queues more than its limit while the store hangs, and counts dropped spans', async () => {
  const { outbox, counts, give } = makeOutbox(
    (_spans, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('too late'));
        });
      }),
  );
  give(25);
  expect(counts['queue-full']).toBe(15);
  await outbox.shutdown();
  expect(counts).toEqual({ sent: 0, 'queue-full': 15, 'store-failed': 10 });
});

it('continues after an outage of the store', async () => {
  let isDown = true;
  const { outbox, counts, give } = makeOutbox(() =>
    isDown ? Promise.reject(new Error('refused')) : Promise.resolve(),
  );
  give(3);
  await outbox.forceFlush();
  isDown = false;
  give(2);
  await outbox.forceFlush();
  expect(counts).toEqual({ sent: 2, 'queue-full': 0, 'store-failed': 3 });
});
