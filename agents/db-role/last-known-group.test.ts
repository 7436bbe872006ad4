import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Reports } from './node-view.ts';
import { readLastKnownGroup, writeLastKnownGroup } from './last-known-group-file.ts';
import { inGroup, NODES, outside, reportsOf, silent, upTo } from './testing.ts';
import { decideLastKnownGroup, isNewGroup, type LastKnownGroup } from './last-known-group.ts';

function groupOf(reports: Reports, before?: LastKnownGroup): LastKnownGroup | undefined {
  const seenAt = new Date('2026-01-02T03:04:05.678Z');
  return decideLastKnownGroup({ nodes: NODES, reports, nowMs: 100, maxAgeMs: 900, seenAt, session: 'this', before });
}

const three = reportsOf(inGroup('db1', 'db1+ db2 db3'), inGroup('db2', 'db1+ db2 db3'), inGroup('db3', 'db1+ db2 db3'));

it('the last known group has the members, the primary and the executed transactions', () => {
  expect(groupOf(three)).toMatchObject({ members: ['db1', 'db2', 'db3'], primary: 'db1', executed: upTo(10) });
});

it('an unreachable member stays in it until the group has expelled it', () => {
  const suspected = reportsOf(silent, inGroup('db2', 'db1+? db2 db3'), inGroup('db3', 'db1+? db2 db3'));
  expect(groupOf(suspected)?.members).toEqual(['db1', 'db2', 'db3']);
  const expelled = reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3'));
  expect(groupOf(expelled, groupOf(three))).toMatchObject({ members: ['db2', 'db3'], primary: 'db2' });
});

it('while the members disagree, it contains all hosts that any of them reports', () => {
  const changing = reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db1+? db2 db3'));
  expect(groupOf(changing)?.members).toEqual(['db1', 'db2', 'db3']);
});

it('nodes without a quorum do not change it', () => {
  const before = groupOf(three);
  const lost = reportsOf(inGroup('db1', 'db1+ db2? db3?'), silent, outside('ERROR'));
  expect(groupOf(lost, before)).toBe(before);
  expect(groupOf(lost)).toBeUndefined();
});

it('its executed transactions never shrink', () => {
  const before = groupOf(reportsOf(inGroup('db1', 'db1+ db2', { executed: upTo(20) }), silent, silent));
  expect(groupOf(three, before)?.executed).toEqual(upTo(20));
});

it('it is the same after writing and reading, and new if its members change', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-last-known-group-'));
  try {
    const path = join(folder, 'db-view.json');
    expect(await readLastKnownGroup(path)).toBeUndefined();
    const record = groupOf(three);
    if (record === undefined) throw new Error('no last known group');
    await writeLastKnownGroup(path, record);
    const read = await readLastKnownGroup(path);
    expect(read).toEqual(record);
    expect(isNewGroup(read, record)).toBe(false);
    expect(isNewGroup(read, { ...record, members: ['db1', 'db2'] })).toBe(true);
    await writeFile(path, '{"members":');
    await expect(readLastKnownGroup(path)).rejects.toThrow(SyntaxError);
  } finally {
    await rm(folder, { recursive: true });
  }
});
