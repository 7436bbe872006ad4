import { describe, expect, it } from 'vitest';
import { needsNotification, repetitionOf, notifiedStateOf, type LastNotified } from './notified-state.ts';

const T0 = Date.UTC(2026, 0, 1);
const CONTEXT = { nowMs: T0 + 600_000, repeatAfterMs: 3_600_000, allPeersResponded: true };
const firing = { status: 'firing', startsAtMs: T0 } as const;
const unmonitored = { status: 'unmonitored', startsAtMs: T0 } as const;
const resolved = { status: 'resolved', startsAtMs: T0, endsAtMs: T0 + 300_000 } as const;

describe('the state unmonitored', () => {
  const stateOf = (alert: typeof firing | typeof unmonitored | typeof resolved): LastNotified =>
    notifiedStateOf(alert, T0 + 400_000);

  it.each([
    { after: 'firing', before: stateOf(firing), is: true },
    { after: 'unmonitored', before: stateOf(unmonitored), is: false },
    { after: 'resolved', before: stateOf(resolved), is: false },
    { after: 'no mail', before: undefined, is: false },
  ])('needs a notification after $after: $is', ({ before, is }) => {
    for (const allPeersResponded of [true, false])
      expect(needsNotification(unmonitored, before, { ...CONTEXT, allPeersResponded })).toBe(is);
  });

  it('is followed by a notification of any later state, firing or resolved', () => {
    expect(needsNotification(firing, stateOf(unmonitored), CONTEXT)).toBe(true);
    expect(needsNotification(resolved, stateOf(unmonitored), CONTEXT)).toBe(true);
  });

  it('gives a firing or unmonitored mail after it another repetition', () => {
    expect(repetitionOf(firing, stateOf(unmonitored), CONTEXT.nowMs)).toBe(CONTEXT.nowMs);
    expect(repetitionOf(unmonitored, stateOf(firing), CONTEXT.nowMs)).toBe(CONTEXT.nowMs);
    expect(repetitionOf(resolved, stateOf(unmonitored), CONTEXT.nowMs)).toBe(0);
  });
});

describe('the repetition of a mail', () => {
  it.each<{
    readonly of: string;
    readonly alert: typeof firing | typeof resolved;
    readonly lastNotified: LastNotified;
    readonly is: number;
  }>([
    { of: 'the first mail about an alert', alert: firing, lastNotified: undefined, is: 0 },
    { of: 'a reminder', alert: firing, lastNotified: notifiedStateOf(firing, T0 + 1), is: CONTEXT.nowMs },
    {
      of: 'a start that is mailed again after its end',
      alert: firing,
      lastNotified: notifiedStateOf(resolved, T0 + 400_000),
      is: CONTEXT.nowMs,
    },
    { of: 'an end', alert: resolved, lastNotified: notifiedStateOf(firing, T0 + 1), is: 0 },
    { of: 'an end without a mailed start', alert: resolved, lastNotified: undefined, is: 0 },
    {
      of: 'the end of an alert that was mailed repeatedly',
      alert: resolved,
      lastNotified: notifiedStateOf(firing, T0 + 400_000, 7),
      is: 7,
    },
  ])('$of is $is', ({ alert, lastNotified, is }) => {
    expect(repetitionOf(alert, lastNotified, CONTEXT.nowMs)).toBe(is);
  });
});
