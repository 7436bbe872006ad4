import { describe, expect, it } from 'vitest';
import { decideDeduplication } from './deduplicate.ts';
import { samplePayload } from './fixtures.ts';
import type { Known, Told } from './notified-state.ts';
import { notificationOf } from './notification.ts';

/** A minute after the sample began. */
const NOW = Date.parse('2026-11-23T15:01:00Z');
const notification = notificationOf(samplePayload([{ name: 'A', host: 'lb1' }]));
const over = notificationOf(samplePayload([{ name: 'A', host: 'lb1', status: 'resolved' }]));
const key = notification.alerts[0]?.key ?? '';

interface Case {
  readonly what: string;
  readonly notification?: typeof notification;
  readonly own?: Told;
  /** `undefined`: does not answer. */
  readonly peer: Known | undefined;
  /** Of a peer that does not answer. */
  readonly remembered?: Told;
  readonly host?: string;
  readonly ageMs?: number;
  readonly decision: string;
}

const NOTHING = { told: undefined, queued: false, telling: false };
const QUEUED = { ...NOTHING, queued: true };
const TELLING = { ...QUEUED, telling: true };
const { startsAtMs = 0 } = notification.alerts[0] ?? {};
const { endsAtMs = 0 } = over.alerts[0] ?? {};
const fired = (atMs: number, sinceMs = startsAtMs): Told => ({ status: 'firing', sinceMs, atMs });
const ended = (atMs: number, sinceMs = endsAtMs): Told => ({ status: 'resolved', sinceMs, atMs });
const peerTold = (told: Told) => ({ ...NOTHING, told });

describe('what notifiers agree on', () => {
  it.each<Case>([
    { what: 'nobody told it', peer: NOTHING, decision: 'send' },
    { what: 'the peer told it', peer: peerTold(fired(NOW - 5)), decision: 'drop' },
    { what: 'the peer told it long ago: a reminder', peer: peerTold(fired(1)), decision: 'send' },
    {
      what: 'the peer told it of another beginning',
      peer: peerTold(fired(NOW - 5, startsAtMs - 2_000)),
      decision: 'drop',
    },
    { what: 'the peer does not answer', peer: undefined, decision: 'send' },
    { what: 'the first by name has it in hand', peer: QUEUED, decision: 'wait' },
    {
      what: 'the first by name has it in hand for too long',
      peer: QUEUED,
      ageMs: 60_000,
      decision: 'send',
    },
    {
      what: 'the second by name has it in hand',
      peer: QUEUED,
      host: 'mon0',
      decision: 'send',
    },
    { what: 'the second by name is telling it', peer: TELLING, host: 'mon0', decision: 'wait' },
    {
      what: 'the second by name has been telling it for too long',
      peer: TELLING,
      host: 'mon0',
      ageMs: 60_000,
      decision: 'send',
    },
    { what: 'it fires again in words of the past', own: ended(NOW - 2_000), peer: NOTHING, decision: 'drop' },
    { what: 'it fires on long after its end was told', own: ended(NOW - 60_000), peer: NOTHING, decision: 'send' },
    {
      what: 'that it fires on was told after its end',
      own: ended(NOW - 60_000),
      peer: peerTold(fired(NOW - 5)),
      decision: 'drop',
    },
    {
      what: 'it fires, which was told in what is the future since the clock was set back',
      own: fired(NOW + 3_600_000, startsAtMs + 10_000),
      peer: NOTHING,
      decision: 'drop',
    },
    {
      what: 'it is over, and its beginning was told before the clock was set back',
      notification: over,
      own: fired(NOW + 3_600_000, endsAtMs + 10_000),
      peer: NOTHING,
      decision: 'send',
    },
    {
      what: 'it fires, and its end was told before the clock was set back',
      own: ended(NOW + 3_600_000, startsAtMs + 10_000),
      peer: NOTHING,
      decision: 'send',
    },
    { what: 'it began again after its end', own: ended(NOW - 5, startsAtMs), peer: NOTHING, decision: 'send' },
    { what: 'the end of what the peer told', notification: over, peer: peerTold(fired(1)), decision: 'send' },
    {
      what: 'the end of what was told of another beginning',
      notification: over,
      own: fired(1, startsAtMs - 2_000),
      peer: NOTHING,
      decision: 'send',
    },
    {
      what: 'the end that was told',
      notification: over,
      own: fired(NOW - 9),
      peer: peerTold(ended(NOW - 5)),
      decision: 'drop',
    },
    {
      what: 'an earlier end of what began again',
      notification: over,
      own: fired(NOW - 5, endsAtMs + 1),
      peer: NOTHING,
      decision: 'drop',
    },
    {
      what: 'it began after what this one told, and a peer that told its end in between is silent',
      own: fired(startsAtMs - 60_000, startsAtMs - 60_000),
      peer: undefined,
      decision: 'send',
    },
    {
      what: 'it began after what this one told, and nobody told an end',
      own: fired(startsAtMs - 60_000, startsAtMs - 60_000),
      peer: NOTHING,
      decision: 'drop',
    },
    {
      what: 'it ended after what this one told, and a peer that told another beginning in between is silent',
      notification: over,
      own: ended(startsAtMs - 60_000, startsAtMs - 60_000),
      peer: undefined,
      decision: 'send',
    },
    {
      what: 'the end that a peer told before it was lost',
      ...{ notification: over, peer: undefined, remembered: ended(NOW - 5, endsAtMs - 2_000), decision: 'drop' },
    },
    {
      what: 'the end of what a peer told as firing before it was lost',
      ...{ notification: over, peer: undefined, remembered: fired(NOW - 5), decision: 'send' },
    },
    {
      what: 'the end of what began after the end that a lost peer told',
      ...{ notification: over, peer: undefined, remembered: ended(NOW - 5, startsAtMs - 1), decision: 'send' },
    },
    {
      what: 'the end of what this one told after the end that a lost peer told',
      ...{ notification: over, peer: undefined, own: fired(NOW - 3), remembered: ended(NOW - 5), decision: 'send' },
    },
    {
      what: 'it fires, and its end was told by a peer that is lost',
      ...{ peer: undefined, remembered: ended(NOW - 60_000), decision: 'send' },
    },
    {
      what: 'it fires, which was told by a peer that is lost',
      ...{ peer: undefined, remembered: fired(NOW + 3_600_000), decision: 'send' },
    },
    { what: 'the end of what nobody heard of', notification: over, peer: NOTHING, decision: 'drop' },
    { what: 'the end of what a silent peer may have told', notification: over, peer: undefined, decision: 'send' },
  ])(
    '$what: $decision',
    ({ notification: told = notification, own, peer, remembered, host = 'mon2', ageMs = 0, decision }) => {
      const agreement = decideDeduplication(
        { key: 'x', notification: told, repetition: 0, queuedAtMs: NOW - ageMs },
        {
          host,
          nowMs: NOW,
          repeatAfterMs: 500_000,
          told: () => own,
          remembered: () => remembered,
          peers: new Map([['mon1', peer === undefined ? undefined : new Map([[key, peer]])]]),
        },
      );
      expect(agreement.decision).toBe(decision);
    },
  );

  it.each([
    { of: 'what nobody told', peer: undefined, is: 0 },
    { of: 'a reminder of what a peer told', peer: fired(NOW - 40_000), is: NOW },
    { of: 'a start whose end a peer told', peer: ended(NOW - 35_000, NOW - 40_000), is: NOW },
    {
      of: 'what began after the end that a peer told',
      peer: ended(startsAtMs - 60_000, startsAtMs - 60_000),
      is: 0,
    },
  ])('makes another mail of $of only where one like it was sent', ({ peer, is }) => {
    const agreement = decideDeduplication(
      { key: 'x', notification, repetition: 0, queuedAtMs: NOW },
      {
        ...{ host: 'mon2', nowMs: NOW, repeatAfterMs: 30_000, told: () => undefined, remembered: () => undefined },
        peers: new Map([['mon1', new Map([[key, peerTold(peer)]])]]),
      },
    );
    expect(agreement).toMatchObject({ decision: 'send', repetition: is });
  });
});
