import { describe, expect, it } from 'vitest';
import { waitFor } from './deadline.ts';

describe('waitFor', () => {
  it('returns the first value that is not undefined or false', async () => {
    const answers = [undefined, false, 'here'] as const;
    let calls = 0;
    const found = await waitFor(async () => Promise.resolve(answers[calls++]), {
      what: 'a value',
      deadlineMs: 5_000,
      intervalMs: 1,
    });
    expect(found).toBe('here');
    expect(calls).toBe(3);
  });

  it('throws with the awaited condition and the last error after the deadline', async () => {
    const waiting = waitFor(() => Promise.reject(new Error('refused')), {
      what: 'the node',
      deadlineMs: 20,
      intervalMs: 1,
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'deadline',
      message: 'the node: not seen within 0.02 s: refused',
    });
  });

  it('does not wait for a probe that hangs', async () => {
    const waiting = waitFor(() => new Promise<true>(() => undefined), { what: 'a value', deadlineMs: 20 });
    await expect(waiting).rejects.toMatchObject({ code: 'deadline' });
  });

  it('ends with the reason of an abort', async () => {
    const waiting = waitFor(() => Promise.resolve(false), {
      what: 'a value',
      deadlineMs: 5_000,
      signal: AbortSignal.abort(new Error('stop')),
    });
    await expect(waiting).rejects.toThrow('stop');
  });
});
