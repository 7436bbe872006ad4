import { describe, expect, it } from 'vitest';
import { ALL, type Dispatch, decideDispatch } from './decide-dispatch.ts';
import { samplePayload } from './fixtures.ts';
import { notificationOf } from './notification.ts';
import type { QueuedMail } from './queued-mail.ts';
import type { InflightMail } from './inflight.ts';

const NOW = 1_000_000;
const sample = notificationOf(samplePayload([{ name: 'A', host: 'lb1' }]));
const mail = (key: string, thread = key, ageMs = 5_000): QueuedMail => ({
  ...{ key, repetition: 0, queuedAtMs: NOW - ageMs },
  notification: { ...sample, thread },
});
const many = (count: number, ageMs?: number) =>
  Array.from({ length: count }, (_, index) => mail(`m${index}`, `t${index}`, ageMs));
const sentRecently = (count: number, agoMs: number) =>
  Array.from({ length: count }, (_, index) => ({ thread: `old${index}`, atMs: NOW - agoMs }));

interface Case {
  readonly what: string;
  readonly queue: readonly QueuedMail[];
  readonly backoffs?: Readonly<Record<string, number>>;
  readonly recentlySent?: readonly { readonly thread: string; readonly atMs: number }[];
  readonly lastDigestMs?: number;
  readonly inflightMails?: readonly InflightMail[];
  readonly next: object;
}

function keyed(dispatch: Dispatch): object {
  switch (dispatch.kind) {
    case 'resend':
      return { resend: dispatch.inflight.id };
    case 'one':
      return { one: dispatch.mail.key };
    case 'digest':
      return { digest: dispatch.mails.length };
    case 'wait':
      return { waitMs: dispatch.waitMs };
  }
}
const inflight = (...mails: readonly QueuedMail[]): InflightMail => ({ id: mails[0]?.key ?? '', mails });

describe('the next step of the delivery', () => {
  it.each<Case>([
    { what: 'nothing', queue: [], next: { waitMs: undefined } },
    { what: 'the oldest', queue: [mail('a'), mail('b')], next: { one: 'a' } },
    {
      what: 'a mail in backoff does not block others',
      queue: [mail('a'), mail('b')],
      backoffs: { a: NOW + 9 },
      next: { one: 'b' },
    },
    {
      what: 'a mail in backoff blocks later ones of its thread',
      queue: [mail('a', 't'), mail('b', 't')],
      backoffs: { a: NOW + 9 },
      next: { waitMs: 9 },
    },
    { what: 'all mails wait if no server responds', queue: many(5), backoffs: { [ALL]: NOW + 7 }, next: { waitMs: 7 } },
    { what: 'as many groups as can be mailed individually', queue: many(10), next: { one: 'm0' } },
    { what: 'one more group is an alert storm', queue: many(11), next: { digest: 11 } },
    {
      what: 'many mails of one group are not a storm',
      queue: Array.from({ length: 30 }, (_, i) => mail(`m${i}`, 't')),
      next: { one: 'm0' },
    },
    { what: 'a storm that has just begun is gathered', queue: many(11, 500), next: { waitMs: 1_500 } },
    { what: 'recently mailed groups count', queue: many(3), recentlySent: sentRecently(8, 9_000), next: { digest: 3 } },
    {
      what: 'groups mailed long ago do not count',
      queue: many(3),
      recentlySent: sentRecently(8, 10_000),
      next: { one: 'm0' },
    },
    {
      what: 'one digest within the storm window',
      queue: many(12),
      lastDigestMs: NOW - 4_000,
      next: { waitMs: 6_000 },
    },
    { what: 'a clock that was set back delays nothing', queue: many(12, -3_600_000), next: { digest: 12 } },
    {
      what: 'the next digest after the storm window',
      queue: many(12),
      lastDigestMs: NOW - 10_000,
      next: { digest: 12 },
    },
    {
      what: 'a digest of one mail is that mail',
      queue: many(1),
      recentlySent: sentRecently(10, 1),
      next: { one: 'm0' },
    },
    { what: 'a digest is limited, the rest follows in the next one', queue: many(900), next: { digest: 400 } },
    {
      what: 'an in-flight mail is resent unchanged, before later ones',
      queue: many(12),
      inflightMails: [inflight(...many(3).slice(1))],
      next: { resend: 'm1' },
    },
    {
      what: 'an in-flight mail waits for the backoff of its queued mails',
      queue: [mail('a'), mail('b')],
      inflightMails: [inflight(mail('a'))],
      backoffs: { a: NOW + 9 },
      next: { one: 'b' },
    },
  ])('$what', ({ queue, backoffs = {}, recentlySent = [], lastDigestMs, inflightMails = [], next }) => {
    const context = {
      backoffs: new Map(Object.entries(backoffs).map(([key, untilMs]) => [key, { untilMs }])),
      ...{
        flood: { groups: 10, withinMs: 10_000 },
        recentlySent,
        inflightMails,
        lastDigestMs,
        nowMs: NOW,
        clockMs: NOW,
      },
    };
    expect(keyed(decideDispatch(queue, context))).toEqual(next);
  });
});
