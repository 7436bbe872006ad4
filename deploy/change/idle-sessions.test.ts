import { describe, expect, it } from 'vitest';
import { findIdle, findOpenSince, trackOpenSessions, type OpenSession, type OpenSessions } from './idle-sessions.ts';

const waits = (id: number, transaction = 'a', statement = '1'): OpenSession => ({
  ...{ id, user: 'app', isWaiting: true, transaction, statement },
});
const works = (id: number, transaction = 'a', statement = '1'): OpenSession => ({
  ...waits(id, transaction, statement),
  isWaiting: false,
});

/** The time of the last sample of `track`. */
const nowOf = (samples: readonly unknown[]): number => 200 * (samples.length - 1);

/** Samples that were taken 200 ms apart. */
function track(samples: readonly (readonly OpenSession[])[]): OpenSessions {
  return samples.reduce<OpenSessions>((open, sample, index) => trackOpenSessions(open, sample, 200 * index), new Map());
}

const ids = (sessions: readonly OpenSession[]): readonly number[] => sessions.map(({ id }) => id);

describe('findIdle, after a grace period of 500 ms, finds', () => {
  it.each<[string, readonly (readonly OpenSession[])[], readonly number[]]>([
    ['a session that has waited for it', [[waits(1)], [waits(1)], [waits(1)], [waits(1)]], [1]],
    ['none that has waited for less', [[waits(1)], [waits(1)], [waits(1)]], []],
    ['none that executes a statement', [[works(1)], [works(1)], [works(1)], [works(1)]], []],
    ['none that did in between', [[waits(1)], [waits(1)], [works(1)], [waits(1)]], []],
    [
      'none with a statement between two samples',
      [[waits(1)], [waits(1)], [waits(1, 'a', '2')], [waits(1, 'a', '2')]],
      [],
    ],
    ['none with a newer transaction', [[waits(1)], [waits(1)], [waits(1, 'b')], [waits(1, 'b')]], []],
    ['none that had none in between', [[waits(1)], [waits(1)], [], [waits(1)]], []],
    [
      'only the idle one of several',
      [
        [waits(1), works(2)],
        [waits(1), works(2)],
        [waits(1), waits(2)],
        [waits(1), waits(2)],
      ],
      [1],
    ],
  ])('%s', (_what, samples, idle) => {
    expect(ids(findIdle(track(samples), nowOf(samples), 500))).toEqual(idle);
  });
});

describe('findOpenSince finds', () => {
  it.each<[string, readonly (readonly OpenSession[])[], readonly number[]]>([
    [
      'a transaction that executes statements',
      [[works(1)], [waits(1, 'a', '2')], [works(1, 'a', '3')], [works(1, 'a', '3')]],
      [1],
    ],
    ['none that is newer', [[works(1)], [works(1)], [works(1, 'b')], [works(1, 'b')]], []],
    ['none that has ended', [[works(1)], [works(1)], [works(1)], []], []],
  ])('%s', (_what, samples, open) => {
    expect(ids(findOpenSince(track(samples), nowOf(samples), 500))).toEqual(open);
  });

  it('the transactions from before a moment, however old they are', () => {
    const open = track([[works(1)], [works(1), works(2)], [works(1), works(2), works(3)]]);
    expect(ids(findOpenSince(open, 200, 0))).toEqual([1, 2]);
  });
});
