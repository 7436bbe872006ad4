import { describe, expect, it } from 'vitest';
import { ALL, type Dispatch, decideDispatch } from './decide-dispatch.ts';
import { samplePayload } from './fixtures.ts';
import { notificationOf } from './notification.ts';
import type { QueuedMail } from './queued-mail.ts';
import type { Telling } from './inflight.ts';

const NOW = 1_000_000;
const sample = notificationOf(samplePayload([{ name: 'A', host: 'lb1' }]));
const mail = (key: string, thread = key, ageMs = 5_000): QueuedMail => ({
  ...{ key, repetition: 0, queuedAtMs: NOW - ageMs },
  notification: { ...sample, thread },
});
const many = (count: number, ageMs?: number) =>
  Array.from({ length: count }, (_, index) => mail(`m${index}`, `t${index}`, ageMs));
const toldLately = (count: number, agoMs: number) =>
  Array.from({ length: count }, (_, index) => ({ thread: `old${index}`, atMs: NOW - agoMs }));

interface Case {
  readonly what: string;
  readonly queue: readonly QueuedMail[];
  readonly backoffs?: Readonly<Record<string, number>>;
  readonly told?: readonly { readonly thread: string; readonly atMs: number }[];
  readonly lastDigestMs?: number;
  readonly tellings?: readonly Telling[];
  readonly next: object;
}

function keyed(dispatch: Dispatch): object {
  switch (dispatch.kind) {
    case 'again':
      return { again: dispatch.telling.id };
    case 'one':
      return { one: dispatch.mail.key };
    case 'digest':
      return { digest: dispatch.mails.length };
    case 'wait':
      return { waitMs: dispatch.waitMs };
  }
}
const telling = (...mails: readonly QueuedMail[]): Telling => ({ id: mails[0]?.key ?? '', mails });

describe('what to send next', () => {
  it.each<Case>([
    { what: 'nothing', queue: [], next: { waitMs: undefined } },
    { what: 'the oldest', queue: [mail('a'), mail('b')], next: { one: 'a' } },
    {
      what: 'what waits lets others pass',
      queue: [mail('a'), mail('b')],
      backoffs: { a: NOW + 9 },
      next: { one: 'b' },
    },
    {
      what: 'but not those of its own thread',
      queue: [mail('a', 't'), mail('b', 't')],
      backoffs: { a: NOW + 9 },
      next: { waitMs: 9 },
    },
    { what: 'all wait when no server answers', queue: many(5), backoffs: { [ALL]: NOW + 7 }, next: { waitMs: 7 } },
    { what: 'as many groups as may be told one by one', queue: many(10), next: { one: 'm0' } },
    { what: 'one more is a flood', queue: many(11), next: { digest: 11 } },
    {
      what: 'many mails of one group are none',
      queue: Array.from({ length: 30 }, (_, i) => mail(`m${i}`, 't')),
      next: { one: 'm0' },
    },
    { what: 'a flood that has just begun is gathered', queue: many(11, 500), next: { waitMs: 1_500 } },
    { what: 'told ones count', queue: many(3), told: toldLately(8, 9_000), next: { digest: 3 } },
    { what: 'those of long ago do not', queue: many(3), told: toldLately(8, 10_000), next: { one: 'm0' } },
    {
      what: 'one digest within the time',
      queue: many(12),
      lastDigestMs: NOW - 4_000,
      next: { waitMs: 6_000 },
    },
    { what: 'nothing waits for a clock that was set back', queue: many(12, -3_600_000), next: { digest: 12 } },
    { what: 'and then the next', queue: many(12), lastDigestMs: NOW - 10_000, next: { digest: 12 } },
    { what: 'a digest of one is a mail', queue: many(1), told: toldLately(10, 1), next: { one: 'm0' } },
    { what: 'a digest has an end, the rest comes in the next one', queue: many(900), next: { digest: 400 } },
    {
      what: 'what may have arrived is told again as it was, before what came since',
      queue: many(12),
      tellings: [telling(...many(3).slice(1))],
      next: { again: 'm1' },
    },
    {
      what: 'it waits as its mails do, and is in no other mail',
      queue: [mail('a'), mail('b')],
      tellings: [telling(mail('a'))],
      backoffs: { a: NOW + 9 },
      next: { one: 'b' },
    },
  ])('$what', ({ queue, backoffs = {}, told = [], lastDigestMs, tellings = [], next }) => {
    const facts = {
      backoffs: new Map(Object.entries(backoffs).map(([key, untilMs]) => [key, { untilMs }])),
      ...{ flood: { groups: 10, withinMs: 10_000 }, told, tellings, lastDigestMs, nowMs: NOW, clockMs: NOW },
    };
    expect(keyed(decideDispatch(queue, facts))).toEqual(next);
  });
});
