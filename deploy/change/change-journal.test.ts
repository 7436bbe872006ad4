import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownIdentity } from '../../kit/process-identity.ts';
import {
  continueChange,
  findInterrupted,
  isInterrupted,
  openChange,
  readChanges,
  readOpenChange,
  removeChange,
} from './change-journal.ts';
import { renderChanges } from './render-changes.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-changes-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const REQUEST = {
  what: 'roll web',
  operation: { kind: 'restart', hosts: ['web1', 'web2'] },
  reason: 'new kernel',
} as const;

/** Makes the owner of the only change a process that has exited. */
async function killOwner(): Promise<void> {
  const [change] = await readChanges(folder);
  if (change === undefined) throw new Error('there is no change');
  const exited = { ...change, owner: { ...ownIdentity(), startTicks: '1' } };
  await writeFile(join(folder, `${change.id}.json`), JSON.stringify(exited));
}

it('a change is on disk from its first step on, with every further step', async () => {
  const change = await openChange(REQUEST, folder);
  expect(await readChanges(folder)).toMatchObject([{ what: 'roll web', result: 'running', done: [], steps: [] }]);
  change.step('web1', 'drain');
  change.done('web1');
  expect(await readChanges(folder)).toMatchObject([{ done: ['web1'], steps: [{ host: 'web1', step: 'drain' }] }]);
  change.end('completed', { cost: { requests: 100, failed: 1 } });
  expect(await readChanges(folder)).toMatchObject([{ result: 'completed', cost: { requests: 100, failed: 1 } }]);
  expect(await readOpenChange(folder)).toBeUndefined();
});

it('hosts see the change in progress and its hosts', async () => {
  await openChange(REQUEST, folder);
  expect(await readOpenChange(folder)).toMatchObject({ what: 'roll web', hosts: ['web1', 'web2'] });
});

it('a running change of an exited process is interrupted, and one that another process continues is not', async () => {
  await openChange(REQUEST, folder);
  expect(await findInterrupted(folder)).toEqual([]);
  await killOwner();
  const [left] = await findInterrupted(folder);
  expect(left).toMatchObject({ what: 'roll web' });
  if (left === undefined) return;
  continueChange(left, folder).end('aborted');
  expect(await findInterrupted(folder)).toEqual([]);
  expect((await readChanges(folder)).map(isInterrupted)).toEqual([false]);
});

it('an entry can be removed, and an unreadable one is named with its path', async () => {
  const change = await openChange(REQUEST, folder);
  removeChange(change.id, folder);
  expect(await readChanges(folder)).toEqual([]);
  await writeFile(join(folder, 'broken.json'), '{');
  await expect(readChanges(folder)).rejects.toThrow(join(folder, 'broken.json'));
});

it('the log has a line per change, its reason, and why it stopped', async () => {
  const change = await openChange(REQUEST, folder);
  change.end('stopped', { problem: 'web2 was not changed: web1 is not healthy.' });
  const text = renderChanges(await readChanges(folder));
  expect(text).toMatch(/roll web {2}stopped {2}cost unknown\n {4}reason: new kernel\n {4}web2 was not changed/);
  expect(renderChanges([])).toBe('No change was made yet.');
});

it('a change that is removed between the listing and the reading is left out', async () => {
  await openChange(REQUEST, folder);
  // In the listing, and not readable: as if it were removed just then.
  await symlink(join(folder, 'removed'), join(folder, 'gone.json'));
  expect(await readChanges(folder)).toHaveLength(1);
});
