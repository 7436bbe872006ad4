import { expect, test } from 'vitest';
import { SlowLog } from './slow-result.ts';
import type { Transfer } from './transfer.ts';

function transfer(change: Partial<Transfer> = {}): Transfer {
  return {
    ...{ startMs: 1_000, durationMs: 3_200, status: 200, body: Buffer.alloc(0) },
    headers: new Map([
      ['x-served-by', 'edge1'],
      ['x-trace-id', 'abc'],
    ]),
    ...change,
  };
}

const DOWNLOAD = { kind: 'long-download', target: 'edge1' } as const;
const ORDER = { kind: 'slow-upload', target: 'edge1', key: 'r-slow-0' } as const;

test('a transfer becomes a record, with a trace only if it failed', () => {
  const log = new SlowLog();
  log.add(transfer(), DOWNLOAD, undefined);
  log.add(transfer(), DOWNLOAD, 'truncated: 40 of 100 bytes');
  const common = { startMs: 1_000, durationMs: 3_200, ...DOWNLOAD, status: 200, connection: 'new', host: 'edge1' };
  expect(log.result().records).toEqual([
    { ...common, ok: true },
    { ...common, ok: false, error: 'truncated: 40 of 100 bytes', traceId: 'abc' },
  ]);
});

test.each([
  { what: 'acknowledged', status: 201, orderId: '7', failure: undefined, outcome: 'acknowledged' },
  { what: 'rejected', status: 422, orderId: undefined, failure: 'status 422', outcome: 'rejected' },
  { what: 'cut', status: 0, orderId: undefined, failure: 'reset', outcome: 'unknown' },
])('an order that is $what has the outcome $outcome', ({ status, orderId, failure, outcome }) => {
  const log = new SlowLog();
  log.attempt(ORDER.key);
  log.addOrder(transfer({ status }), { ...ORDER, orderId }, failure);
  expect(log.result().orders).toMatchObject([{ key: ORDER.key, startMs: 1_000, outcome }]);
});

test('an order without an end is unknown', () => {
  const log = new SlowLog();
  log.attempt(ORDER.key);
  expect(log.result().orders).toMatchObject([{ key: ORDER.key, outcome: 'unknown' }]);
});

test('a failure after a delay of this machine is a problem instead of a record; a success stays one', () => {
  const log = new SlowLog();
  const delayed = transfer({ status: 408, clientProblem: 'too late' });
  log.addOrder(delayed, { ...ORDER, orderId: undefined }, 'status 408');
  log.add(transfer({ clientProblem: 'too late' }), DOWNLOAD, undefined);
  expect(log.result()).toMatchObject({ records: [{ kind: 'long-download', ok: true }], problems: ['too late'] });
  expect(log.result().orders).toMatchObject([{ outcome: 'unknown' }]);
});
