import { describe, expect, it } from 'vitest';
import { decideAgreement } from './agree.ts';
import { samplePayload } from './fixtures.ts';
import type { Told } from './news.ts';
import { notificationOf } from './notification.ts';

const NOW = 1_000_000;
const notification = notificationOf(samplePayload([{ name: 'A', host: 'lb1' }]));
const over = notificationOf(samplePayload([{ name: 'A', host: 'lb1', status: 'resolved' }]));
const key = notification.alerts[0]?.key ?? '';

interface Case {
  readonly what: string;
  readonly notification?: typeof notification;
  readonly own?: Told;
  /** `undefined`: does not answer. */
  readonly peer: { readonly told: Told; readonly queued: boolean } | undefined;
  readonly host?: string;
  readonly ageMs?: number;
  readonly decision: string;
}

const NOTHING = { told: {}, queued: false };

describe('what notifiers agree on', () => {
  it.each<Case>([
    { what: 'nobody told it', peer: NOTHING, decision: 'send' },
    { what: 'the peer told it', peer: { told: { firingAtMs: NOW - 5 }, queued: false }, decision: 'drop' },
    {
      what: 'the peer told it long ago: a reminder',
      peer: { told: { firingAtMs: 1 }, queued: false },
      decision: 'send',
    },
    { what: 'the peer does not answer', peer: undefined, decision: 'send' },
    { what: 'the first by name has it in hand', peer: { told: {}, queued: true }, decision: 'wait' },
    {
      what: 'the first by name has it in hand for too long',
      peer: { told: {}, queued: true },
      ageMs: 60_000,
      decision: 'send',
    },
    { what: 'the second by name has it in hand', peer: { told: {}, queued: true }, host: 'mon0', decision: 'send' },
    {
      what: 'it fires again in words of the past',
      own: { firingAtMs: NOW - 60_000, resolvedAtMs: NOW - 2_000 },
      peer: NOTHING,
      decision: 'drop',
    },
    {
      what: 'the end of what the peer told',
      notification: over,
      peer: { told: { firingAtMs: 1 }, queued: false },
      decision: 'send',
    },
    { what: 'the end of what nobody heard of', notification: over, peer: NOTHING, decision: 'drop' },
    { what: 'the end of what a silent peer may have told', notification: over, peer: undefined, decision: 'send' },
  ])(
    '$what: $decision',
    ({ notification: told = notification, own = {}, peer, host = 'mon2', ageMs = 0, decision }) => {
      const agreement = decideAgreement(
        { key: 'x', notification: told, repetition: 0, queuedAtMs: NOW - ageMs },
        {
          host,
          nowMs: NOW,
          repeatAfterMs: 500_000,
          told: () => own,
          peers: new Map([['mon1', peer === undefined ? undefined : new Map([[key, peer]])]]),
        },
      );
      expect(agreement.decision).toBe(decision);
    },
  );
});
