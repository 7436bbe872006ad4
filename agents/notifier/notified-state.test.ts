import { describe, expect, it } from 'vitest';
import { needsNotification, repetitionOf, wordOf, type Told } from './notified-state.ts';

const T0 = Date.UTC(2026, 0, 1);
const FACTS = { nowMs: T0 + 600_000, repeatAfterMs: 3_600_000, peersKnown: true };
const firing = { status: 'firing', startsAtMs: T0 } as const;
const unmonitored = { status: 'unmonitored', startsAtMs: T0 } as const;
const resolved = { status: 'resolved', startsAtMs: T0, endsAtMs: T0 + 300_000 } as const;

describe('that an alert is not monitored', () => {
  const told = (alert: typeof firing | typeof unmonitored | typeof resolved): Told => wordOf(alert, T0 + 400_000);

  it.each([
    { to: 'those who think that it fires', before: told(firing), is: true },
    { to: 'those who heard that already', before: told(unmonitored), is: false },
    { to: 'those who heard that it is over', before: told(resolved), is: false },
    { to: 'those who never heard of it', before: undefined, is: false },
  ])('is news to $to: $is', ({ before, is }) => {
    for (const peersKnown of [true, false])
      expect(needsNotification(unmonitored, before, { ...FACTS, peersKnown })).toBe(is);
  });

  it('is followed by what is known of it later: that it fires, or that it is over', () => {
    expect(needsNotification(firing, told(unmonitored), FACTS)).toBe(true);
    expect(needsNotification(resolved, told(unmonitored), FACTS)).toBe(true);
  });

  it('makes another mail of what follows, however often it comes', () => {
    expect(repetitionOf(firing, told(unmonitored), FACTS.nowMs)).toBe(FACTS.nowMs);
    expect(repetitionOf(unmonitored, told(firing), FACTS.nowMs)).toBe(FACTS.nowMs);
    expect(repetitionOf(resolved, told(unmonitored), FACTS.nowMs)).toBe(0);
  });
});

describe('the repetition of a mail', () => {
  it.each<{
    readonly of: string;
    readonly alert: typeof firing | typeof resolved;
    readonly told: Told;
    readonly is: number;
  }>([
    { of: 'the first mail about an alert', alert: firing, told: undefined, is: 0 },
    { of: 'a reminder', alert: firing, told: wordOf(firing, T0 + 1), is: FACTS.nowMs },
    {
      of: 'a start that was mailed before its end',
      alert: firing,
      told: wordOf(resolved, T0 + 400_000),
      is: FACTS.nowMs,
    },
    { of: 'an end', alert: resolved, told: wordOf(firing, T0 + 1), is: 0 },
    { of: 'an end of which nothing is known', alert: resolved, told: undefined, is: 0 },
    { of: 'the end of what was mailed again', alert: resolved, told: wordOf(firing, T0 + 400_000, 7), is: 7 },
  ])('$of is $is', ({ alert, told, is }) => {
    expect(repetitionOf(alert, told, FACTS.nowMs)).toBe(is);
  });
});
