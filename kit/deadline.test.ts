import { describe, expect, it } from 'vitest';
import { waitFor } from './deadline.ts';

describe('waitFor', () => {
  it('returns the first answer that is not "not yet"', async () => {
    const answers = [undefined, false, 'here'] as const;
    let asked = 0;
    const found = await waitFor(async () => Promise.resolve(answers[asked++]), {
      what: 'it',
      deadlineMs: 5_000,
      intervalMs: 1,
    });
    expect(found).toBe('here');
    expect(asked).toBe(3);
  });

  it('says what it waited for, and the last error, when the deadline passes', async () => {
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
    const waiting = waitFor(() => new Promise<true>(() => undefined), { what: 'it', deadlineMs: 20 });
    await expect(waiting).rejects.toMatchObject({ code: 'deadline' });
  });

  it('ends with the reason of an abort', async () => {
    const waiting = waitFor(() => Promise.resolve(false), {
      what: 'it',
      deadlineMs: 5_000,
      signal: AbortSignal.abort(new Error('stop')),
    });
    await expect(waiting).rejects.toThrow('stop');
  });
});
