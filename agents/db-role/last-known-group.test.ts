import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Reports } from './node-view.ts';
import { readRecord, writeRecord } from './last-known-group-file.ts';
import { inGroup, NODES, outside, reportsOf, silent, upTo } from './testing.ts';
import { decideRecord, isNewRecord, type ViewRecord } from './last-known-group.ts';

function recordOf(reports: Reports, before?: ViewRecord): ViewRecord | undefined {
  const seenAt = new Date('2026-01-02T03:04:05.678Z');
  return decideRecord({ nodes: NODES, reports, nowMs: 100, maxAgeMs: 900, seenAt, session: 'this', before });
}

const three = reportsOf(inGroup('db1', 'db1+ db2 db3'), inGroup('db2', 'db1+ db2 db3'), inGroup('db3', 'db1+ db2 db3'));

it('the record names the members, the primary and what was executed', () => {
  expect(recordOf(three)).toMatchObject({ members: ['db1', 'db2', 'db3'], primary: 'db1', executed: upTo(10) });
});

it('an unreachable member stays on record until the group has put it out', () => {
  const suspected = reportsOf(silent, inGroup('db2', 'db1+? db2 db3'), inGroup('db3', 'db1+? db2 db3'));
  expect(recordOf(suspected)?.members).toEqual(['db1', 'db2', 'db3']);
  const expelled = reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db2+ db3'));
  expect(recordOf(expelled, recordOf(three))).toMatchObject({ members: ['db2', 'db3'], primary: 'db2' });
});

it('all whom anybody names are on record while the members disagree', () => {
  const changing = reportsOf(silent, inGroup('db2', 'db2+ db3'), inGroup('db3', 'db1+? db2 db3'));
  expect(recordOf(changing)?.members).toEqual(['db1', 'db2', 'db3']);
});

it('nothing is recorded of nodes without a quorum', () => {
  const before = recordOf(three);
  const lost = reportsOf(inGroup('db1', 'db1+ db2? db3?'), silent, outside('ERROR'));
  expect(recordOf(lost, before)).toBe(before);
  expect(recordOf(lost)).toBeUndefined();
});

it('what was executed never shrinks', () => {
  const before = recordOf(reportsOf(inGroup('db1', 'db1+ db2', { executed: upTo(20) }), silent, silent));
  expect(recordOf(three, before)?.executed).toEqual(upTo(20));
});

it('the record is read as it was written, and is new when its group is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-record-'));
  try {
    const path = join(folder, 'db-view.json');
    expect(await readRecord(path)).toBeUndefined();
    const record = recordOf(three);
    if (record === undefined) throw new Error('no record');
    await writeRecord(path, record);
    const read = await readRecord(path);
    expect(read).toEqual(record);
    expect(isNewRecord(read, record)).toBe(false);
    expect(isNewRecord(read, { ...record, members: ['db1', 'db2'] })).toBe(true);
    await writeFile(path, '{"members":');
    await expect(readRecord(path)).rejects.toThrow(SyntaxError);
  } finally {
    await rm(folder, { recursive: true });
  }
});
