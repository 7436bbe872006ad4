import { describe, expect, it } from 'vitest';
import { decideDeduplication } from './deduplicate.ts';
import { samplePayload } from './fixtures.ts';
import type { AlertKnowledge, LastNotified } from './notified-state.ts';
import { notificationOf } from './notification.ts';

/** A minute after the sample began. */
const NOW = Date.parse('2026-11-23T15:01:00Z');
const notification = notificationOf(samplePayload([{ name: 'A', host: 'lb1' }]));
const resolved = notificationOf(samplePayload([{ name: 'A', host: 'lb1', status: 'resolved' }]));
const key = notification.alerts[0]?.key ?? '';

interface Case {
  readonly what: string;
  readonly notification?: typeof notification;
  readonly own?: LastNotified;
  /** `undefined`: no response. */
  readonly peer: AlertKnowledge | undefined;
  /** The last known state of a peer that does not respond. */
  readonly remembered?: LastNotified;
  readonly host?: string;
  readonly ageMs?: number;
  readonly decision: string;
}

const NOTHING = { notified: undefined, queued: false, inflight: false };
const QUEUED = { ...NOTHING, queued: true };
const SENDING = { ...QUEUED, inflight: true };
const { startsAtMs = 0 } = notification.alerts[0] ?? {};
const { endsAtMs = 0 } = resolved.alerts[0] ?? {};
const fired = (atMs: number, sinceMs = startsAtMs): LastNotified => ({ status: 'firing', sinceMs, atMs });
const ended = (atMs: number, sinceMs = endsAtMs): LastNotified => ({ status: 'resolved', sinceMs, atMs });
const peerNotified = (notified: LastNotified) => ({ ...NOTHING, notified });

describe('deduplication', () => {
  it.each<Case>([
    { what: 'it was not mailed', peer: NOTHING, decision: 'send' },
    { what: 'the peer mailed it', peer: peerNotified(fired(NOW - 5)), decision: 'drop' },
    { what: 'the peer mailed it long ago: a reminder', peer: peerNotified(fired(1)), decision: 'send' },
    {
      what: 'the peer mailed it with another start',
      peer: peerNotified(fired(NOW - 5, startsAtMs - 2_000)),
      decision: 'drop',
    },
    { what: 'the peer does not respond', peer: undefined, decision: 'send' },
    { what: 'the first by name has it in its queue', peer: QUEUED, decision: 'wait' },
    {
      what: 'the first by name has it in its queue for too long',
      peer: QUEUED,
      ageMs: 60_000,
      decision: 'send',
    },
    {
      what: 'the second by name has it in its queue',
      peer: QUEUED,
      host: 'mon0',
      decision: 'send',
    },
    { what: 'the second by name is sending it', peer: SENDING, host: 'mon0', decision: 'wait' },
    {
      what: 'the second by name has been sending it for too long',
      peer: SENDING,
      host: 'mon0',
      ageMs: 60_000,
      decision: 'send',
    },
    {
      what: 'a stale firing notification just after its end was mailed',
      own: ended(NOW - 2_000),
      peer: NOTHING,
      decision: 'drop',
    },
    { what: 'it still fires long after its end was mailed', own: ended(NOW - 60_000), peer: NOTHING, decision: 'send' },
    {
      what: 'the peer mailed after its end that it still fires',
      own: ended(NOW - 60_000),
      peer: peerNotified(fired(NOW - 5)),
      decision: 'drop',
    },
    {
      what: 'it fires, and its firing mail is in the future after the clock was set back',
      own: fired(NOW + 3_600_000, startsAtMs + 10_000),
      peer: NOTHING,
      decision: 'drop',
    },
    {
      what: 'it is resolved, and its start was mailed before the clock was set back',
      notification: resolved,
      own: fired(NOW + 3_600_000, endsAtMs + 10_000),
      peer: NOTHING,
      decision: 'send',
    },
    {
      what: 'it fires, and its end was mailed before the clock was set back',
      own: ended(NOW + 3_600_000, startsAtMs + 10_000),
      peer: NOTHING,
      decision: 'send',
    },
    { what: 'it started again after its end', own: ended(NOW - 5, startsAtMs), peer: NOTHING, decision: 'send' },
    {
      what: 'the end of an alert that the peer mailed',
      notification: resolved,
      peer: peerNotified(fired(1)),
      decision: 'send',
    },
    {
      what: 'the end of an alert that was mailed with another start',
      notification: resolved,
      own: fired(1, startsAtMs - 2_000),
      peer: NOTHING,
      decision: 'send',
    },
    {
      what: 'an end that was mailed',
      notification: resolved,
      own: fired(NOW - 9),
      peer: peerNotified(ended(NOW - 5)),
      decision: 'drop',
    },
    {
      what: 'an earlier end of an alert that started again',
      notification: resolved,
      own: fired(NOW - 5, endsAtMs + 1),
      peer: NOTHING,
      decision: 'drop',
    },
    {
      what: 'it started after the own mail, and an unreachable peer may have mailed its end in between',
      own: fired(startsAtMs - 60_000, startsAtMs - 60_000),
      peer: undefined,
      decision: 'send',
    },
    {
      what: 'it started after the own mail, and no end was mailed',
      own: fired(startsAtMs - 60_000, startsAtMs - 60_000),
      peer: NOTHING,
      decision: 'drop',
    },
    {
      what: 'it ended after the own mail, and an unreachable peer may have mailed another start in between',
      notification: resolved,
      own: ended(startsAtMs - 60_000, startsAtMs - 60_000),
      peer: undefined,
      decision: 'send',
    },
    {
      what: 'an end that an unreachable peer mailed',
      ...{ notification: resolved, peer: undefined, remembered: ended(NOW - 5, endsAtMs - 2_000), decision: 'drop' },
    },
    {
      what: 'the end of an alert that an unreachable peer mailed as firing',
      ...{ notification: resolved, peer: undefined, remembered: fired(NOW - 5), decision: 'send' },
    },
    {
      what: 'the end of an alert that started after the end that an unreachable peer mailed',
      ...{ notification: resolved, peer: undefined, remembered: ended(NOW - 5, startsAtMs - 1), decision: 'send' },
    },
    {
      what: 'the end of an alert that was mailed after the end that an unreachable peer mailed',
      ...{ notification: resolved, peer: undefined, own: fired(NOW - 3), remembered: ended(NOW - 5), decision: 'send' },
    },
    {
      what: 'it fires, and an unreachable peer mailed its end',
      ...{ peer: undefined, remembered: ended(NOW - 60_000), decision: 'send' },
    },
    {
      what: 'it fires, and an unreachable peer mailed that',
      ...{ peer: undefined, remembered: fired(NOW + 3_600_000), decision: 'send' },
    },
    { what: 'the end of an alert that was never mailed', notification: resolved, peer: NOTHING, decision: 'drop' },
    {
      what: 'the end of an alert that an unreachable peer may have mailed',
      notification: resolved,
      peer: undefined,
      decision: 'send',
    },
  ])(
    '$what: $decision',
    ({ notification: received = notification, own, peer, remembered, host = 'mon2', ageMs = 0, decision }) => {
      const result = decideDeduplication(
        { key: 'x', notification: received, repetition: 0, queuedAtMs: NOW - ageMs },
        {
          host,
          nowMs: NOW,
          repeatAfterMs: 500_000,
          lastNotified: () => own,
          remembered: () => remembered,
          peers: new Map([['mon1', peer === undefined ? undefined : new Map([[key, peer]])]]),
        },
      );
      expect(result.decision).toBe(decision);
    },
  );

  it.each([
    { of: 'an alert that was not mailed', peer: undefined, is: 0 },
    { of: 'a reminder of an alert that a peer mailed', peer: fired(NOW - 40_000), is: NOW },
    { of: 'a start whose end a peer mailed', peer: ended(NOW - 35_000, NOW - 40_000), is: NOW },
    {
      of: 'an alert that started after the end that a peer mailed',
      peer: ended(startsAtMs - 60_000, startsAtMs - 60_000),
      is: 0,
    },
  ])('gives $of the repetition $is', ({ peer, is }) => {
    const result = decideDeduplication(
      { key: 'x', notification, repetition: 0, queuedAtMs: NOW },
      {
        ...{
          host: 'mon2',
          nowMs: NOW,
          repeatAfterMs: 30_000,
          lastNotified: () => undefined,
          remembered: () => undefined,
        },
        peers: new Map([['mon1', new Map([[key, peerNotified(peer)]])]]),
      },
    );
    expect(result).toMatchObject({ decision: 'send', repetition: is });
  });
});
