import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../kit/errors.ts';
import { requestLine } from '../load/test-log.ts';
import { LoadLog, parseLoadLine } from './load-log.ts';

/** As k6 2.2.0 wrote them with `--console-output` and the raw log format. */
const SAMPLE = [
  '{"event":"request","scenario":"order-new","iteration":4,"startMs":1795445238789,"durationMs":1.912,"kind":"login","ok":true,"status":200,"connection":"new","target":"virtual-address","version":"0a3bf7ad6bc9","traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}',
  '{"event":"order","key":"t1-8","startMs":1795445238795}',
  '{"event":"request","scenario":"order-new","iteration":4,"startMs":1795445238795,"durationMs":2.531,"kind":"order","ok":true,"status":201,"connection":"new","target":"virtual-address","key":"t1-8","orderId":"2"}',
  '{"event":"request","scenario":"order-new","iteration":4,"startMs":1795445238798,"durationMs":3.693,"kind":"order-read","ok":false,"status":0,"error":"dial: i/o timeout","connection":"kept","connectedMs":1795445238001,"target":"virtual-address"}',
];

function logOfLines(...lines: readonly string[]): LoadLog {
  const log = new LoadLog();
  for (const line of lines) log.add(line);
  return log;
}

test('a real log becomes records, orders and the starts of its iterations', () => {
  const log = logOfLines(...SAMPLE);
  expect(log.records).toHaveLength(3);
  expect(log.records[0]).toMatchObject({ version: '0a3bf7ad6bc9' });
  expect(log.records[2]).toEqual({
    ...{ startMs: 1795445238798, durationMs: 3.693, kind: 'order-read', ok: false, status: 0 },
    ...{ error: 'dial: i/o timeout', connection: 'kept', connectedMs: 1795445238001, target: 'virtual-address' },
  });
  expect(log.orders).toEqual([{ key: 't1-8', startMs: 1795445238795, outcome: 'acknowledged', orderId: '2' }]);
  expect(log.startsOf('order-new')).toEqual([1795445238789]);
  expect(log).toMatchObject({ lines: 4, problems: [], unfinished: [] });
});

test('an order without an end is unknown, and counts as unfinished', () => {
  const log = logOfLines(SAMPLE[1] ?? '');
  expect(log.orders).toEqual([{ key: 't1-8', startMs: 1795445238795, outcome: 'unknown' }]);
  expect(log.unfinished).toEqual([1795445238795]);
});

describe('the outcome of an order is', () => {
  test.each([
    { status: 201, orderId: '7', outcome: 'acknowledged' },
    { status: 200, orderId: '7', outcome: 'acknowledged' },
    { status: 201, orderId: undefined, outcome: 'unknown' },
    ...[400, 401, 422].map((status) => ({ status, orderId: undefined, outcome: 'rejected' })),
    ...[0, 409, 500, 503, 504].map((status) => ({ status, orderId: undefined, outcome: 'unknown' })),
  ])('$outcome after status $status with id $orderId', ({ status, orderId, outcome }) => {
    const order = JSON.stringify({ event: 'order', key: 'r-1', startMs: 1 });
    const ok = orderId !== undefined;
    const log = logOfLines(order, requestLine({ kind: 'order', key: 'r-1', status, ok, orderId }));
    expect(log.orders[0]?.outcome).toBe(outcome);
  });
});

test('requests of setup are read and not counted', () => {
  const log = logOfLines(requestLine({ scenario: 'setup' }));
  expect(log).toMatchObject({ records: [], lines: 1, problems: [] });
});

test.each([
  ['not JSON', '{"event":"requ'],
  ['empty', ''],
  ['something else', '{"event":"other"}'],
  ['an unknown kind', requestLine({ kind: 'basket' })],
  ['a negative duration', requestLine({ durationMs: -1 })],
  ['an unknown member', requestLine({ color: 'red' })],
  ['a member left out', requestLine({ ok: undefined })],
])('a line that is %s becomes a problem, and throws when it is parsed alone', (_, line) => {
  expect(logOfLines(line).problems).toHaveLength(1);
  expect(logOfLines(line).records).toEqual([]);
  expect(() => parseLoadLine(line)).toThrow(expect.objectContaining({ code: 'unreadable-record' }));
});

test('any line becomes a record or throws the coded error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      try {
        parseLoadLine(line);
      } catch (error) {
        expect(error).toBeInstanceOf(HoldfastError);
      }
    }),
  );
});

test('a key that is used twice, and an end without a beginning, are problems', () => {
  const order = JSON.stringify({ event: 'order', key: 'r-1', startMs: 1 });
  expect(logOfLines(order, order).problems).toEqual(['the order r-1 was sent twice']);
  expect(logOfLines(requestLine({ kind: 'order', key: 'r-1' })).problems).toHaveLength(1);
});
