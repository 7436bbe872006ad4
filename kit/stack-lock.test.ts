import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identifyProcess, ownIdentity, processRuns } from './process-identity.ts';
import { openStackLock } from './stack-lock.ts';

let folder: string;
let locks: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-lock-'));
  locks = join(folder, 'locks');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the lock', () => {
  it('rejects a second command with the lock holder, and is free again after the release', async () => {
    {
      await using lock = await openStackLock('prove spof/app-crash', 'exclusive', locks);
      expect(lock).toBeDefined();
      const second = openStackLock('prove', 'exclusive', locks);
      await expect(second).rejects.toMatchObject({ code: 'locked', exitCode: 64 });
      await expect(second).rejects.toThrow(
        new RegExp(`in use by "prove spof/app-crash" .process ${process.pid}, since`),
      );
    }
    await using again = await openStackLock('prove', 'exclusive', locks);
    expect(again).toBeDefined();
  });

  it('is taken over from an exited process, also if its process ID is in use again', async () => {
    await using first = await openStackLock('up', 'change', locks);
    expect(first).toBeDefined();
    const exited = { ...ownIdentity(), startTicks: '1' };
    await writeFile(
      join(locks, 'stack.lock'),
      JSON.stringify({ owner: exited, what: 'prove', since: '2026-01-01T00:00:00.000Z' }),
    );
    await using second = await openStackLock('prove again', 'exclusive', locks);
    expect(second).toBeDefined();
    expect((await readdir(locks)).toSorted()).toEqual(['load.lock', 'stack.lock']);
  });

  it('is taken if its file is truncated', async () => {
    await using first = await openStackLock('up', 'change', locks);
    expect(first).toBeDefined();
    await writeFile(join(locks, 'stack.lock'), '{"owner":');
    await using second = await openStackLock('prove', 'exclusive', locks);
    expect(second).toBeDefined();
  });

  it.each([
    ['load', 'change', true],
    ['change', 'load', true],
    ['load', 'load', false],
    ['change', 'change', false],
    ['exclusive', 'load', false],
    ['exclusive', 'change', false],
    ['load', 'exclusive', false],
    ['change', 'exclusive', false],
  ] as const)('is held for %s: %s beside it is allowed: %s', async (held, wanted, isAllowed) => {
    await using first = await openStackLock('first', held, locks);
    expect(first).toBeDefined();
    const second = openStackLock('second', wanted, locks);
    if (isAllowed) await (await second)[Symbol.asyncDispose]();
    else await expect(second).rejects.toThrow(/in use by "first" .*; "second" cannot run beside it/);
  });

  it('leaves nothing locked when only one of its two files is free', async () => {
    await using load = await openStackLock('load steady', 'load', locks);
    expect(load).toBeDefined();
    await expect(openStackLock('prove', 'exclusive', locks)).rejects.toMatchObject({ code: 'locked' });
    await using change = await openStackLock('up', 'change', locks);
    expect(change).toBeDefined();
  });

  it('goes to only one of many concurrent commands', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => openStackLock('prove', 'exclusive', locks)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('the identity of a process', () => {
  it('matches while the process runs, and not after its exit', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const identity = identifyProcess(child.pid ?? 0);
    expect(identity).toBeDefined();
    if (identity === undefined) return;
    expect(processRuns(identity)).toBe(true);
    expect(processRuns({ ...identity, bootId: 'another boot' })).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processRuns(identity)).toBe(false);
  });
});
