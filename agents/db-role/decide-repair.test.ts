import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MendInput, Refusal } from './decide-bootstrap.ts';
import { decideMend } from './decide-repair.ts';
import { containsGtidSet, uniteGtidSets } from './gtid-set.ts';
import { hasQuorum, isMajority, type NodeReport, type Reports } from './node-view.ts';
import { inGroup, NODES, ofItsOwn, outside, reportsOf, silent, upTo } from './testing.ts';
import type { ViewRecord } from './last-known-group.ts';

const LONG_AGO = -60_000;

function recordOf(members: readonly string[], more: Partial<ViewRecord> = {}): ViewRecord {
  return {
    members,
    primary: members[0],
    primaryStartedAtMs: 0,
    executed: upTo(10),
    seenAt: new Date(0),
    session: 'this',
    ...more,
  };
}

function inputOf(reports: Reports, more: Partial<MendInput> = {}): MendInput {
  return {
    nodes: NODES,
    reports,
    nowMs: 100,
    maxAgeMs: 900,
    stateSinceMs: new Map(NODES.map((node) => [node, LONG_AGO])),
    mendAfterMs: 3000,
    record: undefined,
    session: 'this',
    ...more,
  };
}

const empty = outside('OFFLINE', { executed: upTo(0) });
const out = (count: number): NodeReport => outside('OFFLINE', { executed: upTo(count) });
const failed = (count: number, more = {}): NodeReport => outside('ERROR', { executed: upTo(count), ...more });

describe('a group is formed', () => {
  it.each<[string, Reports, ViewRecord | undefined, string]>([
    ['for the first time, on the first node', reportsOf(empty, empty, empty), undefined, 'db1'],
    ['on the node that is ahead', reportsOf(out(8), out(10), out(9)), undefined, 'db2'],
    [
      'on the node that received most, applied or not',
      reportsOf(out(10), outside('OFFLINE', { executed: upTo(9), received: upTo(11) }), out(10)),
      recordOf(['db1', 'db2', 'db3']),
      'db2',
    ],
    [
      'among equals on a member of the last group',
      reportsOf(out(10), out(10), out(10)),
      recordOf(['db2', 'db3']),
      'db2',
    ],
    [
      'without the silent node that was not in the last group',
      reportsOf(silent, out(10), out(12)),
      recordOf(['db2', 'db3']),
      'db3',
    ],
    [
      'after a restart of the agent, when nothing was executed since its last record',
      reportsOf(silent, out(10), out(10)),
      recordOf(['db2', 'db3'], { session: 'earlier' }),
      'db2',
    ],
    [
      'on the last member in ERROR, when it was the primary of two and lives on',
      reportsOf(failed(12), silent, out(10)),
      recordOf(['db1', 'db2']),
      'db1',
    ],
  ])('%s', (...[, reports, record, host]) => {
    expect(decideMend(inputOf(reports, { record }))).toEqual({ bootstrap: { kind: 'bootstrap', host }, nodes: [] });
  });
});

describe('no group is formed', () => {
  it.each<[string, Reports, ViewRecord | undefined, Refusal]>([
    ['with one node in sight', reportsOf(empty, silent, silent), undefined, 'too-few-nodes-answer'],
    ['with none in sight', reportsOf(silent, silent, silent), recordOf(['db1']), 'too-few-nodes-answer'],
    ['for the first time without all nodes', reportsOf(empty, empty, silent), undefined, 'no-record'],
    [
      'when two nodes have transactions that the other lacks',
      reportsOf(outside('OFFLINE', { executed: uniteGtidSets([upTo(10), ofItsOwn(1)]) }), out(11), out(10)),
      undefined,
      'histories-differ',
    ],
    [
      'when what was seen before is nowhere',
      reportsOf(empty, empty, empty),
      recordOf(['db1', 'db2', 'db3']),
      'record-ahead',
    ],
    [
      'when a silent node was in the last group',
      reportsOf(silent, out(10), out(10)),
      recordOf(['db1', 'db2', 'db3']),
      'silent-member-may-be-ahead',
    ],
    [
      'when the silent one was the primary of the last two',
      reportsOf(failed(10), silent, out(10)),
      recordOf(['db1', 'db2'], { primary: 'db2' }),
      'silent-member-may-be-ahead',
    ],
    [
      'when the last primary was restarted meanwhile',
      reportsOf(failed(12, { startedAtMs: 10_000 }), silent, out(10)),
      recordOf(['db1', 'db2']),
      'silent-member-may-be-ahead',
    ],
    [
      'when something was executed after the record of an earlier life',
      reportsOf(silent, out(11), out(10)),
      recordOf(['db2', 'db3'], { session: 'earlier' }),
      'record-of-another-life',
    ],
  ])('%s', (...[, reports, record, reason]) => {
    expect(decideMend(inputOf(reports, { record })).bootstrap).toMatchObject({ kind: 'refuse', reason });
  });

  it('while a node that fell out may still rejoin by itself', () => {
    const stateSinceMs = new Map([...NODES.map((node) => [node, LONG_AGO] as const), ['db2', -1000] as const]);
    const decided = decideMend(inputOf(reportsOf(out(10), failed(10), out(10)), { stateSinceMs }));
    expect(decided.bootstrap).toMatchObject({ kind: 'refuse', reason: 'waiting' });
  });

  it('while the third of three booting nodes may answer soon', () => {
    const stateSinceMs = new Map(NODES.map((node) => [node, 0]));
    const decided = decideMend(
      inputOf(reportsOf(out(10), out(10), silent), { stateSinceMs, record: recordOf(['db1', 'db2']) }),
    );
    expect(decided.bootstrap).toMatchObject({ kind: 'refuse', reason: 'waiting' });
  });

  it('while a node waits for a majority that it lost', () => {
    const decided = decideMend(inputOf(reportsOf(inGroup('db1', 'db1+ db2? db3?'), out(10), out(10))));
    expect(decided).toEqual({ bootstrap: { kind: 'none' }, nodes: [] });
  });
});

describe('with a group in sight', () => {
  const group = (third: NodeReport, view = 'db1+ db2'): Reports =>
    reportsOf(inGroup('db1', view), inGroup('db2', view), third);
  const freshly = new Map(NODES.map((node) => [node, 0]));

  it('a node that booted joins at once', () => {
    expect(decideMend(inputOf(group(out(5)), { stateSinceMs: freshly })).nodes).toEqual([
      { kind: 'join', host: 'db3' },
    ]);
  });

  it('a node in ERROR is left to rejoin by itself first', () => {
    expect(decideMend(inputOf(group(failed(5)), { stateSinceMs: freshly })).nodes).toEqual([]);
    expect(decideMend(inputOf(group(failed(5)))).nodes).toEqual([{ kind: 'rejoin', host: 'db3' }]);
  });

  it('a node waits until the group has put its former self out', () => {
    expect(decideMend(inputOf(group(out(5), 'db1+ db2 db3?'))).nodes).toEqual([]);
  });

  it('a node with transactions of its own is kept out', () => {
    const reports = group(outside('OFFLINE', { executed: uniteGtidSets([upTo(5), ofItsOwn(1)]) }));
    expect(decideMend(inputOf(reports)).nodes).toEqual([{ kind: 'diverged', host: 'db3' }]);
  });

  it('a node joins the group of one that was just formed', () => {
    const reports = reportsOf(inGroup('db1', 'db1+'), out(10), out(9));
    expect(decideMend(inputOf(reports)).nodes.map(({ kind, host }) => `${kind} ${host}`)).toEqual([
      'join db2',
      'join db3',
    ]);
  });
});

const anyOutside = fc
  .tuple(fc.constantFrom('OFFLINE' as const, 'ERROR' as const), fc.nat(12), fc.nat(12), fc.nat(1))
  .map(([state, executed, received, own]) =>
    outside(state, { executed: uniteGtidSets([upTo(executed), ofItsOwn(own)]), received: upTo(received) }),
  );
const anyReport = (host: string): fc.Arbitrary<NodeReport> =>
  fc.oneof(
    fc.constant(silent),
    anyOutside,
    anyOutside,
    fc
      .constantFrom('db1+ db2 db3', 'db1+ db2? db3?', 'db1 db2+', 'db3+', 'db1+~ db2 db3')
      .map((view) => inGroup(host, view)),
  );
const anyRecord = fc.option(
  fc
    .record({
      members: fc.subarray([...NODES], { minLength: 1 }),
      primary: fc.constantFrom(...NODES),
      primaryStartedAtMs: fc.constantFrom(0, 10_000),
      executed: fc.nat(10).map(upTo),
      session: fc.constantFrom('this', 'earlier'),
    })
    .map((record): ViewRecord => ({ ...record, seenAt: new Date(0) })),
  { nil: undefined },
);
const anyInput = fc
  .tuple(anyReport('db1'), anyReport('db2'), anyReport('db3'), anyRecord)
  .map(([db1, db2, db3, record]) => inputOf(reportsOf(db1, db2, db3), { record }));

describe('whatever is seen', () => {
  it('no group is formed while anybody that answers is in one, nor with less than two of three in sight', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const views = [...input.reports.values()].flatMap((report) => (report.kind === 'answer' ? [report.view] : []));
        fc.pre(views.some(hasQuorum) || !isMajority(views.length, NODES.length));
        expect(decideMend(input).bootstrap.kind).not.toBe('bootstrap');
      }),
      { numRuns: 2000 },
    );
  });

  it('a group is formed only where nothing is lost that any node in sight has, or that was ever seen', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { bootstrap } = decideMend(input);
        if (bootstrap.kind !== 'bootstrap') return;
        const chosen = input.reports.get(bootstrap.host);
        expect(chosen?.kind).toBe('answer');
        if (chosen?.kind !== 'answer') return;
        const history = uniteGtidSets([chosen.view.executed, chosen.view.received]);
        for (const report of input.reports.values()) {
          if (report.kind === 'answer') expect(containsGtidSet(history, report.view.executed)).toBe(true);
        }
        if (input.record !== undefined) expect(containsGtidSet(history, input.record.executed)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('a silent node is passed over only if it was not in the last group, or the chosen one was its primary and lives on', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { bootstrap } = decideMend(input);
        if (bootstrap.kind !== 'bootstrap') return;
        for (const [node, report] of input.reports) {
          if (report.kind === 'answer') continue;
          const record = input.record;
          expect(record).toBeDefined();
          if (record?.members.includes(node)) {
            expect(record).toMatchObject({ primary: bootstrap.host, primaryStartedAtMs: 0, session: 'this' });
            expect(record.members).toHaveLength(2);
          }
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('two agents that each hold the locks of a majority hold one in common, so one of them does not', () => {
    const locks = fc.subarray([...NODES]);
    fc.assert(
      fc.property(locks, locks, (one, other) => {
        const disjoint = one.every((node) => !other.includes(node));
        const both = isMajority(one.length, NODES.length) && isMajority(other.length, NODES.length);
        expect(disjoint && both).toBe(false);
      }),
    );
  });
});
