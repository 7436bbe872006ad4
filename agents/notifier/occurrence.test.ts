import { describe, expect, it } from 'vitest';
import type { PrometheusAlert } from '../../kit/prometheus.ts';
import { samplePayload } from './fixtures.ts';
import { notificationOf } from './notification.ts';
import { activeOccurrence, isOver, newerOf } from './occurrence.ts';
import type { OpenAlert } from './open-alerts.ts';

const [alert] = notificationOf(samplePayload([{ name: 'A', host: 'lb1' }])).alerts;
if (alert === undefined) throw new Error('the sample has an alert');
const open = (startsAtMs: number, endsAtMs?: number): OpenAlert => ({
  ...{ thread: 't', alert: { ...alert, startsAtMs }, endsAtMs },
});

describe('an open alert of which more is heard', () => {
  it.each<{ readonly what: string; readonly known?: OpenAlert; readonly heard: OpenAlert; readonly is: OpenAlert }>([
    { what: 'the first that is heard', heard: open(10, 20), is: open(10, 20) },
    { what: 'its end', known: open(10), heard: open(10, 20), is: open(10, 20) },
    { what: 'a later end', known: open(10, 20), heard: open(10, 30), is: open(10, 30) },
    {
      what: 'its end, with a later start of another Alertmanager',
      known: open(10),
      heard: open(12, 20),
      is: open(12, 20),
    },
    { what: 'its end, with an earlier start', known: open(12), heard: open(10, 20), is: open(10, 20) },
    { what: 'the end of an earlier occurrence', known: open(30), heard: open(10, 20), is: open(30) },
    {
      what: 'the end of an earlier occurrence after its own',
      known: open(30, 40),
      heard: open(10, 20),
      is: open(30, 40),
    },
    { what: 'the end of a later occurrence', known: open(10, 20), heard: open(30, 40), is: open(30, 40) },
    { what: 'that it fires, decided before its end', known: open(10, 20), heard: open(10), is: open(10, 20) },
    {
      what: 'that it fires, with a later start before its end',
      known: open(10, 20),
      heard: open(15),
      is: open(15, 20),
    },
    { what: 'that a later occurrence fires', known: open(10), heard: open(30), is: open(30) },
    { what: 'that a later occurrence fires after its end', known: open(10, 20), heard: open(30), is: open(30) },
    { what: 'that an earlier occurrence fired', known: open(30, 40), heard: open(10), is: open(30, 40) },
  ])('is right after $what', ({ known, heard, is }) => {
    expect(newerOf(known, heard)).toEqual(is);
  });

  it('is over with an end after its start only', () => {
    expect(isOver({ startsAtMs: 10 }, 20, open(30))).toBe(true);
    expect(isOver({ startsAtMs: 10 }, 30, open(20))).toBe(false);
    expect(isOver({ startsAtMs: 10 }, undefined, open(10))).toBe(false);
  });
});

describe('what Prometheus has of an open alert', () => {
  const has = (activeAtMs: number, state: PrometheusAlert['state'] = 'firing'): PrometheusAlert => ({
    ...{ labels: {}, state, activeAtMs },
  });
  it.each([
    { what: 'it since before its start', of: open(10), active: [has(6)], is: { kind: 'same' } },
    { what: 'it since before its end', of: open(10, 20), active: [has(18)], is: { kind: 'same' } },
    { what: 'it pending since before its end', of: open(10, 20), active: [has(18, 'pending')], is: { kind: 'same' } },
    {
      what: 'it on one server only since before its end',
      of: open(10, 20),
      active: [has(30), has(6)],
      is: { kind: 'same' },
    },
    {
      what: 'it since after its end',
      of: open(10, 20),
      active: [has(32), has(30)],
      is: { kind: 'next', startsAtMs: 30 },
    },
    { what: 'it since after its start', of: open(10), active: [has(30)], is: { kind: 'next', startsAtMs: 30 } },
    { what: 'it pending since after its end', of: open(10, 20), active: [has(30, 'pending')], is: { kind: 'pending' } },
    {
      what: 'it pending here and firing there',
      of: open(10, 20),
      active: [has(30, 'pending'), has(32)],
      is: { kind: 'next', startsAtMs: 32 },
    },
  ])('$what is $is.kind', ({ of, active, is }) => {
    expect(activeOccurrence(of, active)).toEqual(is);
  });
});
