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

describe('an open alert after another notification', () => {
  it.each<{ readonly what: string; readonly known?: OpenAlert; readonly received: OpenAlert; readonly is: OpenAlert }>([
    { what: 'the first notification', received: open(10, 20), is: open(10, 20) },
    { what: 'its end', known: open(10), received: open(10, 20), is: open(10, 20) },
    { what: 'a later end', known: open(10, 20), received: open(10, 30), is: open(10, 30) },
    {
      what: 'its end, with a later start of another Alertmanager',
      known: open(10),
      received: open(12, 20),
      is: open(12, 20),
    },
    { what: 'its end, with an earlier start', known: open(12), received: open(10, 20), is: open(10, 20) },
    { what: 'the end of an earlier occurrence', known: open(30), received: open(10, 20), is: open(30) },
    {
      what: 'the end of an earlier occurrence after its own',
      known: open(30, 40),
      received: open(10, 20),
      is: open(30, 40),
    },
    { what: 'the end of a later occurrence', known: open(10, 20), received: open(30, 40), is: open(30, 40) },
    { what: 'a firing notification decided before its end', known: open(10, 20), received: open(10), is: open(10, 20) },
    {
      what: 'a firing notification with a later start before its end',
      known: open(10, 20),
      received: open(15),
      is: open(15, 20),
    },
    { what: 'a firing notification of a later occurrence', known: open(10), received: open(30), is: open(30) },
    {
      what: 'a firing notification of a later occurrence after its end',
      known: open(10, 20),
      received: open(30),
      is: open(30),
    },
    {
      what: 'a firing notification of an earlier occurrence',
      known: open(30, 40),
      received: open(10),
      is: open(30, 40),
    },
  ])('is updated correctly by $what', ({ known, received, is }) => {
    expect(newerOf(known, received)).toEqual(is);
  });

  it('is later than a resolved alert that ended before its start', () => {
    expect(isOver({ startsAtMs: 10 }, 20, open(30))).toBe(true);
    expect(isOver({ startsAtMs: 10 }, 30, open(20))).toBe(false);
    expect(isOver({ startsAtMs: 10 }, undefined, open(10))).toBe(false);
  });
});

describe('the active occurrence in Prometheus for an open alert', () => {
  const has = (activeAtMs: number, state: PrometheusAlert['state'] = 'firing'): PrometheusAlert => ({
    ...{ labels: {}, state, activeAtMs },
  });
  it.each([
    { what: 'active since before its start', of: open(10), active: [has(6)], is: { kind: 'same' } },
    { what: 'active since before its end', of: open(10, 20), active: [has(18)], is: { kind: 'same' } },
    { what: 'pending since before its end', of: open(10, 20), active: [has(18, 'pending')], is: { kind: 'same' } },
    {
      what: 'active since before its end on only one server',
      of: open(10, 20),
      active: [has(30), has(6)],
      is: { kind: 'same' },
    },
    {
      what: 'active since after its end',
      of: open(10, 20),
      active: [has(32), has(30)],
      is: { kind: 'next', startsAtMs: 30 },
    },
    { what: 'active since after its start', of: open(10), active: [has(30)], is: { kind: 'next', startsAtMs: 30 } },
    { what: 'pending since after its end', of: open(10, 20), active: [has(30, 'pending')], is: { kind: 'pending' } },
    {
      what: 'pending on one server and firing on another',
      of: open(10, 20),
      active: [has(30, 'pending'), has(32)],
      is: { kind: 'next', startsAtMs: 32 },
    },
  ])('$what is $is.kind', ({ of, active, is }) => {
    expect(activeOccurrence(of, active)).toEqual(is);
  });
});
