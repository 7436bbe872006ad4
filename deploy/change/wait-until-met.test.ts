import { expect, it } from 'vitest';
import { waitUntilMet } from './wait-until-met.ts';

const wait = { deadlineMs: 60_000, signal: new AbortController().signal, onWait: () => undefined };

it('ends when the condition is met', async () => {
  const unmet = ['web1 is not healthy yet', ''];
  expect(await waitUntilMet(() => Promise.resolve(unmet.shift() ?? 'asked again'), wait)).toBe('');
});

it('returns the unmet condition after the deadline, also if it is an error', async () => {
  const short = { ...wait, deadlineMs: 50 };
  expect(await waitUntilMet(() => Promise.resolve('lb1 has no web1'), short)).toBe('lb1 has no web1');
  expect(await waitUntilMet(() => Promise.reject(new Error('no response')), short)).toBe('no response');
});

it('reports the unmet condition, and rejects with the reason of its signal', async () => {
  const controller = new AbortController();
  const lines: string[] = [];
  const done = waitUntilMet(() => Promise.resolve('lb1 has no web1'), {
    ...{ deadlineMs: 60_000, signal: controller.signal },
    onWait: (unmet) => {
      lines.push(unmet);
      controller.abort(new Error('stopped'));
    },
  });
  await expect(done).rejects.toThrow('stopped');
  expect(lines).toEqual(['lb1 has no web1']);
});
