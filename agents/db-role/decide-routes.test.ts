import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRoutes, type Routes } from './decide-routes.ts';
import type { NodeReport, Reports } from './node-view.ts';
import { inGroup, NODES, outside, reportsOf, silent } from './testing.ts';

const limits = { writerMaxAgeMs: 2500, readerMaxAgeMs: 900, maxApplyQueue: 100 };

function routesOf(
  reports: Reports,
  more: { readonly nowMs?: number; readonly readersBefore?: readonly string[] } = {},
): Routes {
  const readersBefore = new Set(more.readersBefore ?? NODES);
  return decideRoutes({ nodes: NODES, reports, nowMs: more.nowMs ?? 100, limits, readersBefore });
}

function healthy(view = 'db1+ db2 db3'): Reports {
  return reportsOf(inGroup('db1', view), inGroup('db2', view), inGroup('db3', view));
}

describe('writes go', () => {
  it.each<[string, Reports, string | undefined]>([
    ['to the primary of a whole group', healthy(), 'db1'],
    ['to the primary of two', reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3')), 'db2'],
    [
      'to the primary while a third is being provisioned',
      reportsOf(inGroup('db1', 'db1+ db2 db3~'), inGroup('db2', 'db1+ db2 db3~'), inGroup('db3', 'db1+ db2 db3~')),
      'db1',
    ],
    [
      'to nobody when one is left of three, however orderly',
      reportsOf(inGroup('db1', 'db1+'), silent, silent),
      undefined,
    ],
    [
      'to nobody when the primary is cut off from both others',
      reportsOf(inGroup('db1', 'db1+ db2? db3?'), silent, silent),
      undefined,
    ],
    [
      'to nobody while the new primary still applies the backlog',
      reportsOf(silent, inGroup('db2', 'db2+ db3', { superReadOnly: true }), inGroup('db3', 'db2+ db3')),
      undefined,
    ],
    [
      'to nobody when only the primary says that it is one',
      reportsOf(inGroup('db1', 'db1+ db2 db3'), silent, silent),
      undefined,
    ],
    ['to nobody without a group', reportsOf(outside('OFFLINE'), outside('OFFLINE'), outside('ERROR')), undefined],
    ['to nobody when nobody answers', reportsOf(silent, silent, silent), undefined],
    [
      'to the elected one when the old primary wakes up and still calls itself one',
      reportsOf(inGroup('db1', 'db1+ db2 db3'), inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3')),
      'db2',
    ],
  ])('%s', (_name, reports, writer) => {
    expect(routesOf(reports).writer).toBe(writer);
  });

  it('to nobody when all answers are old', () => {
    expect(routesOf(healthy(), { nowMs: limits.writerMaxAgeMs + 1 }).writer).toBeUndefined();
  });

  it('still to a primary whose answer is late, since the group cannot have chosen another yet', () => {
    expect(routesOf(healthy(), { nowMs: limits.readerMaxAgeMs + 1 }).writer).toBe('db1');
  });
});

describe('reads go', () => {
  it.each<[string, Reports, readonly string[]]>([
    ['to the secondaries', healthy(), ['db2', 'db3']],
    [
      'to the secondary that keeps up',
      reportsOf(
        inGroup('db1', 'db1+ db2 db3'),
        inGroup('db2', 'db1+ db2 db3', { applyQueue: 101 }),
        inGroup('db3', 'db1+ db2 db3'),
      ),
      ['db3'],
    ],
    ['to the primary when no secondary is left', reportsOf(inGroup('db1', 'db1+'), silent, silent), ['db1']],
    [
      'to the secondaries while the group has no primary',
      reportsOf(silent, inGroup('db2', 'db1+? db2 db3'), inGroup('db3', 'db1+? db2 db3')),
      ['db2', 'db3'],
    ],
    [
      'past a secondary that is cut off',
      reportsOf(inGroup('db1', 'db1+ db2 db3?'), inGroup('db2', 'db1+ db2 db3?'), inGroup('db3', 'db1+? db2? db3')),
      ['db2'],
    ],
    [
      'past a secondary that is being provisioned',
      reportsOf(inGroup('db1', 'db1+ db2~'), inGroup('db2', 'db1+ db2~'), silent),
      ['db1'],
    ],
  ])('%s', (_name, reports, readers) => {
    expect([...routesOf(reports).readers]).toEqual(readers);
  });

  it('to a secondary that was behind only when half of its queue is gone', () => {
    const view = 'db1+ db2 db3';
    const behind = (applyQueue: number): Reports =>
      reportsOf(inGroup('db1', view), inGroup('db2', view, { applyQueue }), inGroup('db3', view));
    expect([...routesOf(behind(80), { readersBefore: ['db3'] }).readers]).toEqual(['db3']);
    expect([...routesOf(behind(50), { readersBefore: ['db3'] }).readers]).toEqual(['db2', 'db3']);
    expect([...routesOf(behind(80), { readersBefore: ['db2', 'db3'] }).readers]).toEqual(['db2', 'db3']);
  });
});

it('HAProxy is told maint of a living node without the role, and down of one that nobody can judge', () => {
  const { answers } = routesOf(reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3')));
  expect(Object.fromEntries(answers)).toEqual({
    db1: { 'db-write': 'down', 'db-read': 'down' },
    db2: { 'db-write': 'up ready', 'db-read': 'maint' },
    db3: { 'db-write': 'maint', 'db-read': 'up ready' },
  });
});

const anyView = fc
  .tuple(...NODES.map((node) => fc.constantFrom('', node, `${node}+`, `${node}?`, `${node}~`, `${node}+?`)))
  .map((words) => words.join(' '));
const anyReport = (host: string): fc.Arbitrary<NodeReport> =>
  fc.oneof(
    fc.constant(silent),
    fc.constant(outside('ERROR')),
    fc
      .tuple(anyView, fc.boolean(), fc.integer({ min: 0, max: 3000 }))
      .map(([view, superReadOnly, askedAtMs]) => inGroup(host, view, { superReadOnly, askedAtMs })),
  );

it('whatever the nodes say, at most one gets writes, and it calls itself an ONLINE primary and has two of three with it', () => {
  fc.assert(
    fc.property(anyReport('db1'), anyReport('db2'), anyReport('db3'), (db1, db2, db3) => {
      const reports = reportsOf(db1, db2, db3);
      const { writer, answers } = routesOf(reports, { nowMs: 3000 });
      const open = NODES.filter((node) => answers.get(node)?.['db-write'] === 'up ready');
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
