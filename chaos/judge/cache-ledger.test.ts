import { expect, test } from 'vitest';
import type { CacheReadBack, CacheWrite } from '../evidence/cache-write.ts';
import { judgeCacheLedger } from './cache-ledger.ts';

const NODES = ['cache1', 'cache2', 'cache3'] as const;
const OPTIONS = { budget: { lost: 0, longestGapMs: 500 }, nodes: NODES } as const;

/** Write number `n`, which took 10 ms. */
const write = (n: number, outcome: CacheWrite['outcome'] = 'acknowledged', startMs = 100 * n): CacheWrite => ({
  ...{ key: `ledger:run:${n}`, value: `value-${n}`, startMs, endMs: startMs + 10, outcome },
});

/** Every node has these writes. */
const stored = (writes: readonly CacheWrite[], nodes: readonly string[] = NODES): readonly CacheReadBack[] =>
  nodes.map((node) => ({ node, values: new Map(writes.map(({ key, value }) => [key, value])) }));

const WRITES = [write(1), write(2), write(3, 'unknown'), write(4, 'rejected'), write(5)];

test('every acknowledged write on every host is held; an unknown one may be stored or not', () => {
  expect(judgeCacheLedger(WRITES, stored([write(1), write(2), write(5)]), OPTIONS)).toMatchObject({
    verdict: 'held',
    measured: { attempted: 5, acknowledged: 3, rejected: 1, unknown: 1, recovered: 0, longestGapMs: 300 },
    reasons: [],
  });
  expect(judgeCacheLedger(WRITES, stored(WRITES.slice(0, 3).concat(write(5))), OPTIONS).verdict).toBe('held');
});

test('a failover that discards acknowledged writes is violated, with these writes as evidence', () => {
  const judgement = judgeCacheLedger(WRITES, stored([write(1), write(5)]), OPTIONS);
  expect(judgement).toMatchObject({ verdict: 'violated', reasons: ['1 acknowledged writes are lost'] });
  expect(judgement.evidence).toEqual([write(2)]);
});

test('an acknowledged write with another value is violated', () => {
  const old = { ...write(2), value: 'value-0' };
  expect(judgeCacheLedger(WRITES, stored([write(1), old, write(5)]), OPTIONS).verdict).toBe('violated');
});

test('a longer time without an acknowledged write is violated, also at the end', () => {
  const between = [write(1), write(2, 'acknowledged', 800)];
  expect(judgeCacheLedger(between, stored(between), OPTIONS)).toMatchObject({
    verdict: 'violated',
    reasons: ['no write was acknowledged for 700 ms, limit 500 ms'],
  });
  const atEnd = [write(1), write(2, 'rejected', 800)];
  expect(judgeCacheLedger(atEnd, stored([write(1)]), OPTIONS).verdict).toBe('violated');
});

test.each<[string, readonly CacheWrite[], readonly CacheReadBack[]]>([
  ['no write', [], stored([])],
  ['a host that was not read', WRITES, stored([write(1), write(2), write(5)], ['cache1', 'cache2'])],
  ['no host that was read', WRITES, []],
])('%s is unknown', (_what, writes, readBacks) => {
  expect(judgeCacheLedger(writes, readBacks, OPTIONS).verdict).toBe('unknown');
});
