import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeView } from './node-view.ts';
import { inGroup, ownTransactions, upTo } from './testing.ts';
import { NO_LAG_STATE, trackLag, type LagState } from './track-lag.ts';
import { uniteGtidSets } from './gtid-set.ts';

const VIEW = 'db1+ db2 db3';

/** An answer of a node that has executed transactions 1 … `count`, to a poll at `polledAtMs`. */
function answer(host: string, count: number, polledAtMs: number): readonly [string, NodeView] {
  return answerIn(VIEW, { host, count, polledAtMs });
}

function answerIn(
  view: string,
  { host, count, polledAtMs }: { readonly host: string; readonly count: number; readonly polledAtMs: number },
): readonly [string, NodeView] {
  const report = inGroup(host, view, { executed: upTo(count), polledAtMs });
  if (report.kind !== 'answer') throw new Error('inGroup made no answer');
  return [host, report.view];
}

/** The state after several polls. */
function after(...rounds: readonly (readonly (readonly [string, NodeView])[])[]): LagState {
  return rounds.reduce((state, views) => trackLag(state, new Map(views)), NO_LAG_STATE);
}

describe('a secondary', () => {
  it('has no lag while it has all transactions of the last poll of the primary', () => {
    const state = after(
      [answer('db1', 10, 0), answer('db2', 10, 100)],
      [answer('db1', 25, 500), answer('db2', 25, 600)],
    );
    expect(state.lagMs.get('db2')).toBe(0);
  });

  it('has no lag while there are no writes, however long', () => {
    const state = after(...[0, 500, 1_000, 60_000].map((at) => [answer('db1', 10, at), answer('db2', 10, at + 1)]));
    expect(state.lagMs.get('db2')).toBe(0);
    expect(state.samples).toHaveLength(1);
  });

  it('lags by the time since it last had all transactions', () => {
    const rounds = [0, 500, 1_000, 1_500, 2_000, 2_500].map((at, index) => [
      answer('db1', 10 + index, at),
      answer('db2', Math.min(10 + index, 11), at + 10),
    ]);
    expect(after(...rounds).lagMs.get('db2')).toBe(2_510 - 500);
  });

  it('lags also if it cannot apply a single transaction', () => {
    const rounds = [0, 500, 1_000, 30_000].map((at) => [
      answer('db1', at === 0 ? 10 : 11, at),
      answer('db2', 10, at + 10),
    ]);
    expect(after(...rounds).lagMs.get('db2')).toBe(30_010);
  });

  it('has caught up as soon as it has all transactions', () => {
    const held = [0, 500, 9_000].map((at, index) => [answer('db1', 10 + index, at), answer('db2', 10, at + 1)]);
    expect(after(...held, [answer('db1', 12, 9_500), answer('db2', 12, 9_501)]).lagMs.get('db2')).toBe(0);
  });

  it('catches up step by step', () => {
    const written = [0, 1_000, 2_000, 3_000].map((at, index) => [answer('db1', 10 + index, at), answer('db2', 10, at)]);
    const state = after(...written);
    expect(state.lagMs.get('db2')).toBe(3_000);
    const more = trackLag(state, new Map([answer('db1', 13, 3_500), answer('db2', 12, 3_500)]));
    expect(more.lagMs.get('db2')).toBe(1_500);
  });

  it('has an infinite lag until it first had all transactions', () => {
    expect(after([answer('db1', 10, 0), answer('db2', 9, 1)]).lagMs.get('db2')).toBe(Infinity);
  });

  it('does not lag because of writes after its poll', () => {
    const state = after(
      [answer('db1', 10, 0), answer('db2', 10, 100)],
      [answer('db1', 20, 500), answer('db2', 10, 499)],
    );
    expect(state.lagMs.get('db2')).toBe(0);
  });

  it('does not begin to lag when the primary is down, because nothing is committed then', () => {
    const lost = 'db1+? db2 db3';
    const state = after(
      [answer('db1', 10, 0), answer('db2', 10, 1)],
      [answerIn(lost, { host: 'db2', count: 10, polledAtMs: 8_000 })],
    );
    expect(state.lagMs.get('db2')).toBe(0);
  });

  it('lags behind the new primary by the transactions that it lacked of the old one', () => {
    const state = after(
      [answer('db1', 10, 0), answer('db2', 10, 1), answer('db3', 10, 1)],
      [answer('db1', 12, 500), answer('db2', 12, 501), answer('db3', 10, 501)],
      [
        answerIn('db2+ db3', { host: 'db2', count: 13, polledAtMs: 7_000 }),
        answerIn('db2+ db3', { host: 'db3', count: 10, polledAtMs: 7_001 }),
      ],
    );
    expect(state.lagMs.get('db3')).toBe(7_001);
  });

  it('has no lag in a group that was formed again with fewer transactions', () => {
    const state = after([answer('db1', 99, 0), answer('db2', 10, 1)], [answer('db1', 10, 500), answer('db2', 10, 501)]);
    expect(state.lagMs.get('db2')).toBe(0);
  });

  it('may have errant transactions', () => {
    const [, view] = answer('db2', 10, 1);
    const executed = uniteGtidSets([view.executed, ownTransactions(3)]);
    expect(after([answer('db1', 10, 0), ['db2', { ...view, executed }]]).lagMs.get('db2')).toBe(0);
  });
});

it('the lag of a node that does not answer is unknown', () => {
  expect(after([answer('db1', 10, 0), answer('db2', 10, 1)], [answer('db1', 10, 500)]).lagMs.has('db2')).toBe(false);
});

it('the number of samples is limited, and a node that lags longer still has its full lag', () => {
  const rounds = Array.from({ length: 1_000 }, (_, index) => [
    answer('db1', 10 + index, index * 500),
    answer('db2', 10, index * 500 + 1),
  ]);
  const state = after(...rounds);
  expect(state.samples.length).toBeLessThanOrEqual(128);
  expect(state.lagMs.get('db2')).toBe(999 * 500 + 1);
});

it('the lag is never shorter than the age of the oldest missing transaction, and longer by at most one poll', () => {
  const POLL_MS = 500;
  fc.assert(
    fc.property(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(4), { maxLength: 60 }),
      (writes, applied) => {
        // The writes of a round are committed right after the poll of the primary; the secondary is polled 100 ms later.
        const committedAtMs = writes.flatMap((count, round) => Array<number>(count).fill(round * POLL_MS + 1));
        const writtenBefore = (atMs: number): number => committedAtMs.filter((at) => at < atMs).length;
        let has = 0;
        let state = after([answer('db1', 1, -POLL_MS), answer('db2', 1, -POLL_MS)]);
        for (const round of writes.keys()) {
          const atMs = round * POLL_MS;
          has = Math.min(writtenBefore(atMs), has + (applied[round] ?? 0));
          state = trackLag(
            state,
            new Map([answer('db1', 1 + writtenBefore(atMs), atMs), answer('db2', 1 + has, atMs + 100)]),
          );
          const oldestMissing = committedAtMs[has];
          const isKnown = oldestMissing !== undefined && oldestMissing < atMs;
          const ageMs = isKnown ? atMs + 100 - oldestMissing : 0;
          const lagMs = state.lagMs.get('db2') ?? NaN;
          expect(lagMs).toBeGreaterThanOrEqual(ageMs);
          expect(lagMs).toBeLessThanOrEqual(isKnown ? ageMs + POLL_MS : 0);
        }
      },
    ),
  );
});
