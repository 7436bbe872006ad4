import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  beginRollout,
  completeRollout,
  NO_RELEASES,
  openRollout,
  readReleaseRecord,
  resultOf,
  unusedTags,
  updateRollout,
  wantedRelease,
  writeReleaseRecord,
  type Release,
  type ReleaseRecord,
  type Rollout,
} from './release-record.ts';

const release = (version: string, commit: string | null = 'c'.repeat(40)): Release => ({
  ...{ version, commit, tag: `holdfast/app:release-${version}` },
});
const OWN = { pid: 7, startTicks: '70', bootId: 'a' };
const OTHER = { pid: 7, startTicks: '71', bootId: 'a' };
const rollout = (from: Release, to: Release): Rollout => ({
  ...{ startedAt: '2026-01-01T00:00:00.000Z', by: 'someone', action: 'release', from, to },
  ...{ direction: 'forward', result: 'running', owner: OWN },
});
const [A, B, C, TREE] = [release('a'), release('b'), release('c'), release('tree', null)];
const AT_A: ReleaseRecord = { ...NO_RELEASES, current: A, previous: TREE };
const END = { endedAt: '2026-01-01T00:01:00.000Z', requests: 10, failures: 0 };

describe('a rollout', () => {
  const begun = beginRollout(AT_A, rollout(A, B), ['0002']);

  it('gets its own release while its process moves forward, and the one before while it returns', () => {
    expect(wantedRelease(begun, OWN)).toBe(B);
    expect(wantedRelease(updateRollout(begun, { direction: 'back' }), OWN)).toBe(A);
  });

  it('counts for its own process only: all others keep the release before', () => {
    expect(wantedRelease(begun, OTHER)).toBe(A);
    expect(wantedRelease(beginRollout(NO_RELEASES, rollout(TREE, B), []), OTHER)).toBeUndefined();
  });

  it('is interrupted when its process has exited', () => {
    const open = openRollout(begun);
    if (open === undefined) throw new Error('no rollout is open');
    expect(resultOf(open, () => true)).toBe('running');
    expect(resultOf(open, () => false)).toBe('interrupted');
    expect(beginRollout(begun, rollout(A, C), []).history.map(({ result }) => result)).toEqual([
      'interrupted',
      'running',
    ]);
  });

  it('makes its release the current one when it is done', () => {
    const done = completeRollout(begun, { ...END, isWorkTree: false });
    expect(done).toMatchObject({ current: B, previous: A, additiveMigrations: ['0002'] });
    expect(done.history.at(-1)).toMatchObject({ result: 'done', requests: 10 });
    expect(wantedRelease(done, OWN)).toBe(B);
  });

  it('to the work tree ends with hosts that follow it', () => {
    const done = completeRollout(beginRollout(AT_A, rollout(A, TREE), []), { ...END, isWorkTree: true });
    expect(done.current).toBeUndefined();
    expect(done.previous).toBe(A);
  });

  it('of the current release, after an interruption, keeps the previous one', () => {
    const done = completeRollout(beginRollout(AT_A, rollout(A, A), []), { ...END, isWorkTree: false });
    expect(done).toMatchObject({ current: A, previous: TREE });
  });

  it('that was returned changes neither the current nor the previous release', () => {
    const returned = updateRollout(begun, { result: 'returned', reason: 'errors' });
    expect(returned).toMatchObject({ current: A, previous: TREE });
    expect(openRollout(returned)).toBeUndefined();
  });
});

describe('a trial', () => {
  const trial = (from: Release, to: Release): Rollout => ({ ...rollout(from, to), action: 'trial' });
  const tried = completeRollout(beginRollout(AT_A, trial(A, B), []), { ...END, isWorkTree: false });

  it('makes its release neither the current nor the previous one, so that `up` returns the hosts', () => {
    expect(tried).toMatchObject({ current: A, previous: TREE });
    expect(wantedRelease(tried, OWN)).toBe(A);
    const fromTree = completeRollout(beginRollout(NO_RELEASES, trial(TREE, B), []), { ...END, isWorkTree: false });
    expect(fromTree).not.toHaveProperty('current');
    expect(fromTree).not.toHaveProperty('previous');
  });

  it('is forgotten by the next rollout, which keeps the history of releases', () => {
    expect(beginRollout(tried, trial(A, C), []).history.map(({ to }) => to)).toEqual([C]);
  });

  it('keeps its image until another rollout follows', () => {
    expect(unusedTags(tried)).toEqual([]);
  });

  it('is not counted among the outcomes of releases', () => {
    expect(tried.outcomes).toEqual(NO_RELEASES.outcomes);
  });
});

it('ended rollouts are counted by outcome, an interrupted one when another follows', () => {
  const done = completeRollout(beginRollout(AT_A, rollout(A, B), []), { ...END, isWorkTree: false });
  const returned = updateRollout(beginRollout(done, rollout(B, C), []), { result: 'returned' });
  const interrupted = beginRollout(beginRollout(returned, rollout(B, C), []), rollout(B, C), []);
  expect(interrupted.outcomes).toEqual({ done: 1, returned: 1, failed: 0, interrupted: 1 });
});

it('images of the current, the previous and an unfinished release are kept', () => {
  const first = completeRollout(beginRollout(AT_A, rollout(A, B), []), { ...END, isWorkTree: false });
  const second = completeRollout(beginRollout(first, rollout(B, C), []), { ...END, isWorkTree: false });
  expect(unusedTags(second)).toEqual([A.tag]);
  expect(unusedTags(beginRollout(second, rollout(C, A), []))).toEqual([]);
});

it('the history is bounded', () => {
  let record = AT_A;
  for (let count = 0; count < 60; count += 1) record = beginRollout(record, rollout(A, B), []);
  expect(record.history).toHaveLength(50);
});

describe('the record', () => {
  it('is empty before the first release, and readable only by its owner', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'holdfast-releases-')), 'releases/record.json');
    expect(await readReleaseRecord(path)).toEqual(NO_RELEASES);
    const record = beginRollout(AT_A, rollout(A, B), []);
    await writeReleaseRecord(record, path);
    expect(await readReleaseRecord(path)).toEqual(record);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('that cannot be read is an error with a fix', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'holdfast-releases-')), 'record.json');
    await writeFile(path, '{"current":1}');
    await expect(readReleaseRecord(path)).rejects.toMatchObject({ code: 'unreadable-record' });
  });
});
