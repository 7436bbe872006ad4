import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderAttempt, ReadBack, WriteOutcome } from '../evidence/write-ledger.ts';
import { evaluateLedger, judgeLedger } from './ledger.ts';

const NODES = ['db1', 'db2', 'db3'] as const;
const OPTIONS = { budget: { lost: 0 }, nodes: NODES } as const;

function attempt(key: string, outcome: WriteOutcome = 'acknowledged'): OrderAttempt {
  return { key, startMs: 1_000, outcome, ...(outcome === 'acknowledged' ? { orderId: `id-${key}` } : {}) };
}

function stored(keys: readonly string[], nodes: readonly string[] = NODES): readonly ReadBack[] {
  return nodes.map((node) => ({ node, orders: keys.map((key) => ({ key, orderId: `id-${key}` })) }));
}

const ATTEMPTS = [attempt('a'), attempt('b'), attempt('c', 'unknown'), attempt('d', 'rejected')];

test('every acknowledged write on every node is held; an unknown one may be stored or not', () => {
  const there = judgeLedger(ATTEMPTS, stored(['a', 'b', 'c']), OPTIONS);
  expect(there).toMatchObject({ verdict: 'held', reasons: [], evidence: [] });
  expect(there.measured).toMatchObject({ attempted: 4, acknowledged: 2, rejected: 1, unknown: 1, recovered: 1 });
  expect(judgeLedger(ATTEMPTS, stored(['a', 'b']), OPTIONS).verdict).toBe('held');
});

test('an application that acknowledges before it commits loses writes', () => {
  const judgement = judgeLedger(ATTEMPTS, stored(['a']), OPTIONS);
  expect(judgement).toMatchObject({ verdict: 'violated', reasons: ['1 acknowledged writes are lost'] });
  expect(judgement.measured.lost).toEqual(['b']);
  expect(judgement.evidence).toEqual([attempt('b')]);
});

describe('is violated by', () => {
  const renamed = { node: 'db3', orders: [{ key: 'a', orderId: 'other' }, { key: 'b' }] };
  test.each([
    { what: 'a write that was never sent', readBacks: stored(['a', 'b', 'x']), found: { unexpected: ['x'] } },
    { what: 'a write that was rejected', readBacks: stored(['a', 'b', 'd']), found: { unexpected: ['d'] } },
    { what: 'a write stored twice', readBacks: stored(['a', 'b', 'b']), found: { duplicated: ['b'] } },
    {
      what: 'a write under an ID other than the acknowledged one',
      readBacks: [...stored(['a', 'b'], ['db1', 'db2']), renamed],
      found: { mismatched: ['a'] },
    },
  ])('$what', ({ readBacks, found }) => {
    const judgement = judgeLedger(ATTEMPTS, readBacks, OPTIONS);
    expect(judgement.verdict).toBe('violated');
    expect(judgement.measured).toMatchObject(found);
  });
});

describe('unknown:', () => {
  test.each([
    ['never read back', ATTEMPTS, []],
    ['a node not read back', ATTEMPTS, stored(['a', 'b'], ['db1', 'db3'])],
    ['nothing attempted', [], stored([])],
    ['nothing acknowledged', [attempt('c', 'unknown')], stored(['c'])],
    [
      'a node that lacks writes of other nodes',
      ATTEMPTS,
      [...stored(['a', 'b'], ['db1', 'db2']), ...stored(['a'], ['db3'])],
    ],
  ])('%s', (_, attempts, readBacks) => {
    const judgement = judgeLedger(attempts, readBacks, OPTIONS);
    expect(judgement.verdict).toBe('unknown');
    expect(judgement.measured.lost).toEqual([]);
    expect(judgement.reasons).toHaveLength(1);
  });

  test('a problem of the load', () => {
    expect(judgeLedger(ATTEMPTS, stored(['a', 'b']), { ...OPTIONS, problems: ['doubtful'] }).verdict).toBe('unknown');
  });
});

const keys = fc.integer({ min: 0, max: 30 }).map(String);
const attempts = fc
  .uniqueArray(
    fc.record({ key: keys, outcome: fc.constantFrom<WriteOutcome>('acknowledged', 'rejected', 'unknown') }),
    { selector: ({ key }) => key },
  )
  .map((list) => list.map(({ key, outcome }) => attempt(key, outcome)));

test('lost, recovered and unexpected are the differences of the sets', () => {
  fc.assert(
    fc.property(attempts, fc.array(keys), fc.array(keys), (tried, first, second) => {
      const result = evaluateLedger(tried, [...stored(first, ['db1']), ...stored(second, ['db2'])]);
      const found = new Set([...first, ...second]);
      const keysOf = (outcome: WriteOutcome): readonly string[] =>
        tried.filter((one) => one.outcome === outcome).map(({ key }) => key);
      const allowed = new Set([...keysOf('acknowledged'), ...keysOf('unknown')]);
      expect(result.lost).toEqual(
        keysOf('acknowledged')
          .filter((key) => !found.has(key))
          .sort(),
      );
      expect(result.recovered).toBe(keysOf('unknown').filter((key) => found.has(key)).length);
      expect(result.unexpected).toEqual([...found].filter((key) => !allowed.has(key)).sort());
      expect(result.acknowledged + result.rejected + result.unknown).toBe(result.attempted);
    }),
  );
});
