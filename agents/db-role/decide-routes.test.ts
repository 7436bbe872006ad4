import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRoutes, type Routes } from './decide-routes.ts';
import { freshView, hasQuorum, type NodeReport, type Reports } from './node-view.ts';
import { inGroup, NO_LAG, NODES, outside, reportsOf, silent } from './testing.ts';

const limits = { writerMaxAgeMs: 2500, readerMaxAgeMs: 900, maxApplyQueue: 100, maxLagMs: 5000 };

function routesOf(
  reports: Reports,
  more: {
    readonly nowMs?: number;
    readonly readersBefore?: readonly string[];
    readonly lagMs?: Readonly<Record<string, number>>;
    readonly drained?: readonly string[];
  } = {},
): Routes {
  const readersBefore = new Set(more.readersBefore ?? NODES);
  const lagMs = new Map([...NO_LAG, ...Object.entries(more.lagMs ?? {})]);
  const drained = new Set(more.drained ?? []);
  return decideRoutes({ nodes: NODES, reports, nowMs: more.nowMs ?? 100, limits, lagMs, readersBefore, drained });
}

function healthy(view = 'db1+ db2 db3'): Reports {
  return reportsOf(inGroup('db1', view), inGroup('db2', view), inGroup('db3', view));
}

const anyView = fc
  .tuple(...NODES.map((node) => fc.constantFrom('', node, `${node}+`, `${node}?`, `${node}~`, `${node}+?`)))
  .map((words) => words.join(' '));
const anyReport = (host: string): fc.Arbitrary<NodeReport> =>
  fc.oneof(
    fc.constant(silent),
    fc.constant(outside('ERROR')),
    fc
      .tuple(anyView, fc.boolean(), fc.integer({ min: 0, max: 3000 }))
      .map(([view, superReadOnly, polledAtMs]) => inGroup(host, view, { superReadOnly, polledAtMs })),
  );

describe('a drained node', () => {
  it('serves no reads while another node can', () => {
    expect([...routesOf(healthy(), { drained: ['db2'] }).readers]).toEqual(['db3']);
  });

  it('leaves reads to the primary when all secondaries are drained', () => {
    expect([...routesOf(healthy(), { drained: ['db2', 'db3'] }).readers]).toEqual(['db1']);
  });

  it('serves reads when no other node can', () => {
    const alone = reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3'));
    expect([...routesOf(alone, { drained: ['db2', 'db3'] }).readers]).toEqual(['db3']);
  });

  it('stays the writer while it is the primary', () => {
    expect(routesOf(healthy(), { drained: ['db1'] }).writer).toBe('db1');
  });
});

describe('writes go', () => {
  it.each<[string, Reports, string | undefined]>([
    ['to the primary of a complete group', healthy(), 'db1'],
    ['to the primary of two', reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3')), 'db2'],
    [
      'to the primary while a third is being provisioned',
      reportsOf(inGroup('db1', 'db1+ db2 db3~'), inGroup('db2', 'db1+ db2 db3~'), inGroup('db3', 'db1+ db2 db3~')),
      'db1',
    ],
    [
      'to no node if only one of three is left, even after graceful departures',
      reportsOf(inGroup('db1', 'db1+'), silent, silent),
      undefined,
    ],
    [
      'to no node if the primary is partitioned from both others',
      reportsOf(inGroup('db1', 'db1+ db2? db3?'), silent, silent),
      undefined,
    ],
    [
      'to no node while the new primary still applies the backlog',
      reportsOf(silent, inGroup('db2', 'db2+ db3', { superReadOnly: true }), inGroup('db3', 'db2+ db3')),
      undefined,
    ],
    [
      'to no node if only the primary reports itself as primary',
      reportsOf(inGroup('db1', 'db1+ db2 db3'), silent, silent),
      undefined,
    ],
    ['to no node without a group', reportsOf(outside('OFFLINE'), outside('OFFLINE'), outside('ERROR')), undefined],
    ['to no node if no node answers', reportsOf(silent, silent, silent), undefined],
    [
      'to the elected primary if the old one resumes and still reports itself as primary',
      reportsOf(inGroup('db1', 'db1+ db2 db3'), inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3')),
      'db2',
    ],
  ])('%s', (_name, reports, writer) => {
    expect(routesOf(reports).writer).toBe(writer);
  });

  it('to no node if all answers are stale', () => {
    expect(routesOf(healthy(), { nowMs: limits.writerMaxAgeMs + 1 }).writer).toBeUndefined();
  });

  it('still to a primary whose answer is late, because the group cannot have elected another one yet', () => {
    expect(routesOf(healthy(), { nowMs: limits.readerMaxAgeMs + 1 }).writer).toBe('db1');
  });
});

describe('reads go', () => {
  it.each<[string, Reports, readonly string[]]>([
    ['to the secondaries', healthy(), ['db2', 'db3']],
    [
      'to the secondary within the queue limit',
      reportsOf(
        inGroup('db1', 'db1+ db2 db3'),
        inGroup('db2', 'db1+ db2 db3', { applyQueue: 101 }),
        inGroup('db3', 'db1+ db2 db3'),
      ),
      ['db3'],
    ],
    ['to the primary if no secondary is left', reportsOf(inGroup('db1', 'db1+'), silent, silent), ['db1']],
    [
      'to the secondaries while the group has no primary',
      reportsOf(silent, inGroup('db2', 'db1+? db2 db3'), inGroup('db3', 'db1+? db2 db3')),
      ['db2', 'db3'],
    ],
    [
      'not to a partitioned secondary',
      reportsOf(inGroup('db1', 'db1+ db2 db3?'), inGroup('db2', 'db1+ db2 db3?'), inGroup('db3', 'db1+? db2? db3')),
      ['db2'],
    ],
    [
      'not to a secondary that is being provisioned',
      reportsOf(inGroup('db1', 'db1+ db2~'), inGroup('db2', 'db1+ db2~'), silent),
      ['db1'],
    ],
  ])('%s', (_name, reports, readers) => {
    expect([...routesOf(reports).readers]).toEqual(readers);
  });

  it('to a removed secondary only when its queue is at most half of the limit', () => {
    const view = 'db1+ db2 db3';
    const behind = (applyQueue: number): Reports =>
      reportsOf(inGroup('db1', view), inGroup('db2', view, { applyQueue }), inGroup('db3', view));
    expect([...routesOf(behind(80), { readersBefore: ['db3'] }).readers]).toEqual(['db3']);
    expect([...routesOf(behind(50), { readersBefore: ['db3'] }).readers]).toEqual(['db2', 'db3']);
    expect([...routesOf(behind(80), { readersBefore: ['db2', 'db3'] }).readers]).toEqual(['db2', 'db3']);
  });
});

describe('by lag, reads go', () => {
  const noPrimary = reportsOf(silent, inGroup('db2', 'db1+? db2 db3'), inGroup('db3', 'db1+? db2 db3'));
  it.each<[string, Reports, { readonly lagMs: Readonly<Record<string, number>>; readonly readers: readonly string[] }]>(
    [
      [
        'not to a secondary with a delayed applier, even if its queue is short',
        healthy(),
        { lagMs: { db2: 5001 }, readers: ['db3'] },
      ],
      ['to a secondary at the limit', healthy(), { lagMs: { db2: 5000 }, readers: ['db2', 'db3'] }],
      ['to the primary if every secondary lags', healthy(), { lagMs: { db2: 5001, db3: 90_000 }, readers: ['db1'] }],
      ['not to a secondary with an unknown lag', healthy(), { lagMs: { db2: Infinity }, readers: ['db3'] }],
      [
        'to the secondary with the least lag while there is no primary',
        noPrimary,
        { lagMs: { db2: 90_000, db3: 6000 }, readers: ['db3'] },
      ],
      [
        'to both secondaries with a similar lag while there is no primary',
        noPrimary,
        { lagMs: { db2: 9000, db3: 6000 }, readers: ['db2', 'db3'] },
      ],
      [
        'to all secondaries if every lag is unknown and there is no primary',
        noPrimary,
        { lagMs: { db2: Infinity, db3: Infinity }, readers: ['db2', 'db3'] },
      ],
    ],
  )('%s', (_name, reports, { lagMs, readers }) => {
    expect([...routesOf(reports, { lagMs }).readers]).toEqual(readers);
  });

  it('to a removed secondary only when its lag is at most half of the limit', () => {
    const readersOf = (db2: number, before: readonly string[]): readonly string[] => [
      ...routesOf(healthy(), { lagMs: { db2 }, readersBefore: before }).readers,
    ];
    expect(readersOf(2501, ['db3'])).toEqual(['db3']);
    expect(readersOf(2500, ['db3'])).toEqual(['db2', 'db3']);
    expect(readersOf(2501, ['db2', 'db3'])).toEqual(['db2', 'db3']);
  });

  it('to at least one node whenever a node is ONLINE in a group with a quorum', () => {
    const anyLag = fc.oneof(fc.nat(20_000), fc.constant(Infinity));
    const anyReports = fc.tuple(anyReport('db1'), anyReport('db2'), anyReport('db3'));
    fc.assert(
      fc.property(anyReports, fc.tuple(anyLag, anyLag, anyLag), (given, [first, second, third]) => {
        const reports = reportsOf(...given);
        const { readers, writer } = routesOf(reports, {
          nowMs: 3000,
          lagMs: { db1: first, db2: second, db3: third },
        });
        const able = NODES.filter((node) => {
          const view = freshView(reports.get(node), 3000, limits.readerMaxAgeMs);
          const isOther = view?.role === 'PRIMARY' && writer !== undefined && writer !== node;
          return view?.state === 'ONLINE' && hasQuorum(view) && !isOther;
        });
        expect(readers.size > 0).toBe(able.length > 0);
      }),
      { numRuns: 1000 },
    );
  });
});

it('the reply is maint for a healthy node without the role, and down for one in an unknown state', () => {
  const { replies } = routesOf(reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3')));
  expect(Object.fromEntries(replies)).toEqual({
    db1: { 'db-write': 'down', 'db-read': 'down' },
    db2: { 'db-write': 'up ready', 'db-read': 'maint' },
    db3: { 'db-write': 'maint', 'db-read': 'up ready' },
  });
});

it('for all reports, at most one node gets writes, and it reports itself as a writable ONLINE primary', () => {
  fc.assert(
    fc.property(anyReport('db1'), anyReport('db2'), anyReport('db3'), (db1, db2, db3) => {
      const reports = reportsOf(db1, db2, db3);
      const { writer, replies } = routesOf(reports, { nowMs: 3000 });
      const open = NODES.filter((node) => replies.get(node)?.['db-write'] === 'up ready');
      expect(open).toEqual(writer === undefined ? [] : [writer]);
      if (writer === undefined) return;
      const report = reports.get(writer);
      expect(report).toMatchObject({
        kind: 'answer',
        view: { state: 'ONLINE', role: 'PRIMARY', superReadOnly: false },
      });
    }),
    { numRuns: 2000 },
  );
});
