import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureExposure, renderExposure } from './exposure.ts';
import { FAILED, makeLoad, makeRecord, outageBetween, T0 } from './test-records.ts';
import type { RequestRecord } from '../evidence/request-record.ts';

const EVENT = { startMs: T0 + 2_000, endMs: T0 + 4_000 } as const;

/** A request that begins `offset` after {@link T0}, on a connection opened `opened` after it. */
function kept(offset: number, opened: number, change: Partial<RequestRecord> = {}): RequestRecord {
  return makeRecord({ startMs: T0 + offset, connection: 'kept', connectedMs: T0 + opened, ...change });
}

const begun = (offset: number, change: Partial<RequestRecord> = {}): RequestRecord =>
  makeRecord({ startMs: T0 + offset, ...change });

describe('a request is', () => {
  const cases: readonly (readonly [string, RequestRecord, object])[] = [
    ['exposed while in flight at the beginning', begun(1_500, { durationMs: 600 }), { inFlight: 1 }],
    ['exposed when it ends as the event begins', begun(1_500, { durationMs: 500 }), { inFlight: 1 }],
    ['not exposed when it ended before', begun(1_500, { durationMs: 499 }), {}],
    ['exposed on a connection from before', kept(3_000, 1_000), { onOldConnections: 1 }],
    ['exposed at the last moment of the drain', kept(4_000, 1_000), { onOldConnections: 1 }],
    ['not exposed after the drain, even on a connection from before', kept(4_001, 1_000), {}],
    ['not exposed on a kept connection opened during the event', kept(3_000, 2_500), { unexposed: 1 }],
    ['not exposed on a new connection', begun(3_000), { unexposed: 1 }],
    ['not exposed on a kept connection of unknown age', begun(3_000, { connection: 'kept' }), { unexposed: 1 }],
    ['exposed on a new connection if it failed', begun(3_000, FAILED), { failedOnNewConnections: 1, failed: 1 }],
    ['not a failure of the event when it failed before', begun(1_000, FAILED), {}],
  ];
  test.each(cases)('%s', (_, record, counts) => {
    const none = { inFlight: 0, onOldConnections: 0, failedOnNewConnections: 0, failed: 0, unexposed: 0 };
    expect(measureExposure([record], [EVENT])).toMatchObject({ ...none, ...counts });
  });
});

test('the unit is the event: many failures in one of three events are one event with a failure', () => {
  const events = [0, 3_000, 6_000].map((offset) => ({ startMs: T0 + offset, endMs: T0 + offset + 1_000 }));
  const load = makeLoad(10, (offset) => ({ connectedMs: T0 - 1, ...outageBetween(3_200, 3_400)(offset) }));
  const exposure = measureExposure(load, events);
  expect(exposure).toMatchObject({ events: 3, eventsWithFailure: 1, requests: 303, failed: 20 });
  expect(exposure.eventBound).toBeCloseTo(0.86465, 5);
  expect(exposure.evidence).toHaveLength(10);
  expect(exposure.evidence[0]?.startMs).toBe(T0 + 3_200);
});

test('a request that is exposed to two events counts once, and its failure in both', () => {
  const events = [EVENT, { startMs: T0 + 3_000, endMs: T0 + 5_000 }];
  const exposure = measureExposure([kept(3_500, 2_500, FAILED)], events);
  expect(exposure).toMatchObject({ requests: 1, onOldConnections: 1, failed: 1, eventsWithFailure: 2 });
});

test('without an event or an exposed request, nothing is bounded', () => {
  expect(measureExposure(makeLoad(10), [])).toMatchObject({ events: 0, requests: 0, eventBound: 1, requestBound: 1 });
  expect(measureExposure([], [EVENT])).toMatchObject({ events: 1, requests: 0, requestBound: 1 });
});

test('an event that ends before it starts is refused', () => {
  expect(() => measureExposure([], [{ startMs: 2, endMs: 1 }])).toThrow(RangeError);
  expect(() => measureExposure([], [{ startMs: NaN, endMs: 1 }])).toThrow(RangeError);
});

test('an additional failure in an event never lowers a bound', () => {
  const records = fc.array(
    fc.record({ offset: fc.integer({ min: 0, max: 6_000 }), opened: fc.integer({ min: 0, max: 6_000 }) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(records, fc.integer({ min: 2_000, max: 4_000 }), (list, at) => {
      const load = list.map(({ offset, opened }) => kept(offset, Math.min(offset, opened)));
      const before = measureExposure(load, [EVENT]);
      const after = measureExposure([...load, begun(at, FAILED)], [EVENT]);
      expect(after.requestBound).toBeGreaterThanOrEqual(before.requestBound);
      expect(after.eventBound).toBeGreaterThanOrEqual(before.eventBound);
    }),
  );
});

describe('the text', () => {
  test('of one clean event', () => {
    const load = Array.from({ length: 312 }, (_, index) => kept(2_000 + index, 0));
    expect(renderExposure(measureExposure(load, [EVENT]))).toBe(
      '1 event, 312 exposed requests: 0 failed; at most 95 % of events and 0.96 % of exposed requests may fail (95 %)',
    );
  });

  test('rounds bounds up, and names the events with a failure', () => {
    const events = Array.from({ length: 59 }, (_, index) => ({ startMs: T0 + index * 10, endMs: T0 + index * 10 + 5 }));
    const load = Array.from({ length: 2_000 }, () => kept(1, 0, { connectedMs: T0 - 1 }));
    expect(renderExposure(measureExposure(load, events))).toBe(
      '59 events, 2,000 exposed requests: 0 failed; at most 5 % of events and 0.15 % of exposed requests may fail (95 %)',
    );
    expect(renderExposure(measureExposure([...load, kept(2, 0, FAILED)], events))).toMatch(
      /^59 events, 2,001 exposed requests: 1 failed in 1 event; at most 7.8 % of events and 0.24 % of/,
    );
  });

  test('of nothing', () => {
    expect(renderExposure(measureExposure([], []))).toBe(
      '0 events, 0 exposed requests: 0 failed; at most 100 % of events and 100 % of exposed requests may fail (95 %)',
    );
  });
});
