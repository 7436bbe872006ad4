import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RepairInput, Refusal } from './decide-bootstrap.ts';
import { decideRepair } from './decide-repair.ts';
import { containsGtidSet, uniteGtidSets } from './gtid-set.ts';
import { hasQuorum, isMajority, type NodeReport, type Reports } from './node-view.ts';
import { inGroup, NODES, ownTransactions, outside, reportsOf, silent, upTo } from './testing.ts';
import type { LastKnownGroup } from './last-known-group.ts';

const LONG_AGO = -60_000;

function groupOf(members: readonly string[], more: Partial<LastKnownGroup> = {}): LastKnownGroup {
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

function inputOf(reports: Reports, more: Partial<RepairInput> = {}): RepairInput {
  return {
    nodes: NODES,
    reports,
    nowMs: 100,
    maxAgeMs: 900,
    stateSinceMs: new Map(NODES.map((node) => [node, LONG_AGO])),
    repairAfterMs: 3000,
    lastKnownGroup: undefined,
    session: 'this',
    ...more,
  };
}

const empty = outside('OFFLINE', { executed: upTo(0) });
const out = (count: number): NodeReport => outside('OFFLINE', { executed: upTo(count) });
const failed = (count: number, more = {}): NodeReport => outside('ERROR', { executed: upTo(count), ...more });

describe('a group is formed', () => {
  it.each<[string, Reports, LastKnownGroup | undefined, string]>([
    ['for the first time, on the first node', reportsOf(empty, empty, empty), undefined, 'db1'],
    ['on the node with the most transactions', reportsOf(out(8), out(10), out(9)), undefined, 'db2'],
    [
      'on the node that received the most transactions, applied or not',
      reportsOf(out(10), outside('OFFLINE', { executed: upTo(9), received: upTo(11) }), out(10)),
      groupOf(['db1', 'db2', 'db3']),
      'db2',
    ],
    [
      'on a member of the last group, among equal nodes',
      reportsOf(out(10), out(10), out(10)),
      groupOf(['db2', 'db3']),
      'db2',
    ],
    [
      'without a silent node that was not in the last group',
      reportsOf(silent, out(10), out(12)),
      groupOf(['db2', 'db3']),
      'db3',
    ],
    [
      'after a restart of the agent, if nothing was executed since the last known group',
      reportsOf(silent, out(10), out(10)),
      groupOf(['db2', 'db3'], { session: 'earlier' }),
      'db2',
    ],
    [
      'on the last member in ERROR, if it was the primary of two and has not restarted',
      reportsOf(failed(12), silent, out(10)),
      groupOf(['db1', 'db2']),
      'db1',
    ],
  ])('%s', (...[, reports, lastKnownGroup, host]) => {
    expect(decideRepair(inputOf(reports, { lastKnownGroup }))).toEqual({
      bootstrap: { kind: 'bootstrap', host },
      nodes: [],
    });
  });
});

describe('no group is formed', () => {
  it.each<[string, Reports, LastKnownGroup | undefined, Refusal]>([
    ['if one node answers', reportsOf(empty, silent, silent), undefined, 'too-few-nodes-answer'],
    ['if no node answers', reportsOf(silent, silent, silent), groupOf(['db1']), 'too-few-nodes-answer'],
    ['for the first time without all nodes', reportsOf(empty, empty, silent), undefined, 'no-record'],
    [
      'if each of two nodes has transactions that the other lacks',
      reportsOf(outside('OFFLINE', { executed: uniteGtidSets([upTo(10), ownTransactions(1)]) }), out(11), out(10)),
      undefined,
      'histories-differ',
    ],
    [
      'if every node lacks transactions of the last known group',
      reportsOf(empty, empty, empty),
      groupOf(['db1', 'db2', 'db3']),
      'record-ahead',
    ],
    [
      'if a silent node was in the last group',
      reportsOf(silent, out(10), out(10)),
      groupOf(['db1', 'db2', 'db3']),
      'silent-member-may-be-ahead',
    ],
    [
      'if the silent node was the primary of the last two members',
      reportsOf(failed(10), silent, out(10)),
      groupOf(['db1', 'db2'], { primary: 'db2' }),
      'silent-member-may-be-ahead',
    ],
    [
      'if the last primary was restarted since',
      reportsOf(failed(12, { startedAtMs: 10_000 }), silent, out(10)),
      groupOf(['db1', 'db2']),
      'silent-member-may-be-ahead',
    ],
    [
      'if transactions were executed after the last known group of an earlier run',
      reportsOf(silent, out(11), out(10)),
      groupOf(['db2', 'db3'], { session: 'earlier' }),
      'record-of-earlier-session',
    ],
  ])('%s', (...[, reports, lastKnownGroup, reason]) => {
    expect(decideRepair(inputOf(reports, { lastKnownGroup })).bootstrap).toMatchObject({ kind: 'refuse', reason });
  });

  it('while a node in ERROR may still rejoin by itself', () => {
    const stateSinceMs = new Map([...NODES.map((node) => [node, LONG_AGO] as const), ['db2', -1000] as const]);
    const decided = decideRepair(inputOf(reportsOf(out(10), failed(10), out(10)), { stateSinceMs }));
    expect(decided.bootstrap).toMatchObject({ kind: 'refuse', reason: 'waiting' });
  });

  it('while the third of three booting nodes may answer soon', () => {
    const stateSinceMs = new Map(NODES.map((node) => [node, 0]));
    const decided = decideRepair(
      inputOf(reportsOf(out(10), out(10), silent), { stateSinceMs, lastKnownGroup: groupOf(['db1', 'db2']) }),
    );
    expect(decided.bootstrap).toMatchObject({ kind: 'refuse', reason: 'waiting' });
  });

  it('while a node is in a group without a quorum', () => {
    const decided = decideRepair(inputOf(reportsOf(inGroup('db1', 'db1+ db2? db3?'), out(10), out(10))));
    expect(decided).toEqual({ bootstrap: { kind: 'none' }, nodes: [] });
  });
});

describe('if a group exists', () => {
  const group = (third: NodeReport, view = 'db1+ db2'): Reports =>
    reportsOf(inGroup('db1', view), inGroup('db2', view), third);
  const freshly = new Map(NODES.map((node) => [node, 0]));

  it('a node that booted joins at once', () => {
    expect(decideRepair(inputOf(group(out(5)), { stateSinceMs: freshly })).nodes).toEqual([
      { kind: 'join', host: 'db3' },
    ]);
  });

  it('a node in ERROR first gets time to rejoin by itself', () => {
    expect(decideRepair(inputOf(group(failed(5)), { stateSinceMs: freshly })).nodes).toEqual([]);
    expect(decideRepair(inputOf(group(failed(5)))).nodes).toEqual([{ kind: 'rejoin', host: 'db3' }]);
  });

  it('a node waits until the group has expelled its former instance', () => {
    expect(decideRepair(inputOf(group(out(5), 'db1+ db2 db3?'))).nodes).toEqual([]);
  });

  it('a node with errant transactions is not repaired', () => {
    const reports = group(outside('OFFLINE', { executed: uniteGtidSets([upTo(5), ownTransactions(1)]) }));
    expect(decideRepair(inputOf(reports)).nodes).toEqual([{ kind: 'diverged', host: 'db3' }]);
  });

  it('the other nodes join a group of one that was just formed', () => {
    const reports = reportsOf(inGroup('db1', 'db1+'), out(10), out(9));
    expect(decideRepair(inputOf(reports)).nodes.map(({ kind, host }) => `${kind} ${host}`)).toEqual([
      'join db2',
      'join db3',
    ]);
  });
});

const anyOutside = fc
  .tuple(fc.constantFrom('OFFLINE' as const, 'ERROR' as const), fc.nat(12), fc.nat(12), fc.nat(1))
  .map(([state, executed, received, own]) =>
    outside(state, { executed: uniteGtidSets([upTo(executed), ownTransactions(own)]), received: upTo(received) }),
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
    .map((lastKnownGroup): LastKnownGroup => ({ ...lastKnownGroup, seenAt: new Date(0) })),
  { nil: undefined },
);
const anyInput = fc
  .tuple(anyReport('db1'), anyReport('db2'), anyReport('db3'), anyRecord)
  .map(([db1, db2, db3, lastKnownGroup]) => inputOf(reportsOf(db1, db2, db3), { lastKnownGroup }));

describe('for all inputs', () => {
  it('no group is formed while an answering node is in one, nor if fewer than two of three nodes answer', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const views = [...input.reports.values()].flatMap((report) => (report.kind === 'answer' ? [report.view] : []));
        fc.pre(views.some(hasQuorum) || !isMajority(views.length, NODES.length));
        expect(decideRepair(input).bootstrap.kind).not.toBe('bootstrap');
      }),
      { numRuns: 2000 },
    );
  });

  it('a group is formed only on a node with all transactions of every answering node and of the last known group', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { bootstrap } = decideRepair(input);
        if (bootstrap.kind !== 'bootstrap') return;
        const chosen = input.reports.get(bootstrap.host);
        expect(chosen?.kind).toBe('answer');
        if (chosen?.kind !== 'answer') return;
        const history = uniteGtidSets([chosen.view.executed, chosen.view.received]);
        for (const report of input.reports.values()) {
          if (report.kind === 'answer') expect(containsGtidSet(history, report.view.executed)).toBe(true);
        }
        if (input.lastKnownGroup !== undefined)
          expect(containsGtidSet(history, input.lastKnownGroup.executed)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('a silent node is ignored only if it was not in the last group, or the candidate was its primary and has not restarted', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { bootstrap } = decideRepair(input);
        if (bootstrap.kind !== 'bootstrap') return;
        for (const [node, report] of input.reports) {
          if (report.kind === 'answer') continue;
          const lastKnownGroup = input.lastKnownGroup;
          expect(lastKnownGroup).toBeDefined();
          if (lastKnownGroup?.members.includes(node)) {
            expect(lastKnownGroup).toMatchObject({ primary: bootstrap.host, primaryStartedAtMs: 0, session: 'this' });
            expect(lastKnownGroup.members).toHaveLength(2);
          }
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('two majorities of locks always have one lock in common, so two agents cannot both hold one', () => {
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
