import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type Journal } from '../../chaos/journal/journal.ts';
import { identifyProcess, ownIdentity, type ProcessIdentity } from '../../kit/process-identity.ts';
import { crashRecord, fakeWorld } from '../../chaos/journal/test-records.ts';
import { waitFor } from '../../kit/deadline.ts';
import { runHealer } from './run-healer.ts';

let folder: string;
let journal: Journal;
let stop: AbortController;
const log: string[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-healer-'));
  journal = openJournal(folder);
  stop = new AbortController();
  log.length = 0;
});

afterEach(async () => {
  stop.abort();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A real process that does nothing until it is killed. */
async function startRunner(): Promise<{ readonly child: ChildProcess; readonly identity: ProcessIdentity }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === undefined) throw new Error('the runner did not start');
  return { child, identity };
}

function startHealerHere(context: ReturnType<typeof fakeWorld>, runner: ProcessIdentity): Promise<void> {
  const write = (line: string): void => void log.push(line);
  return runHealer({ context, journal, runner, log: write, signal: stop.signal, intervalMs: 20 });
}

const healed = async (): Promise<boolean> => (await journal.read()).open.length === 0;

describe('the healer', () => {
  it('ignores the faults of a running runner until it is killed, then reverts them and ends', async () => {
    const { child, identity } = await startRunner();
    const context = fakeWorld();
    await context.hosts.kill('db1');
    await journal.write(crashRecord('db1', { injectedBy: identity }));
    const healer = startHealerHere(context, identity);
    await waitFor(async () => (await journal.read()).open.length === 1, { what: 'record seen', deadlineMs: 1_000 });
    expect(context.hosts.calls).toEqual(['kill db1']);
    child.kill('SIGKILL');
    await healer;
    expect(context.hosts.states.get('db1')?.running).toBe(true);
    expect(await healed()).toBe(true);
    expect(log.join('\n')).toContain(`its owner, process ${identity.pid}, has exited`);
  });

  it('reverts a fault whose deadline has passed, even if its runner still runs', async () => {
    const context = fakeWorld();
    await context.hosts.kill('app1');
    await journal.write(crashRecord('app1', { deadlineAt: Date.now() + 150 }));
    const healer = startHealerHere(context, ownIdentity());
    await waitFor(healed, { what: 'healed', deadlineMs: 5_000, intervalMs: 20 });
    expect(context.hosts.states.get('app1')?.running).toBe(true);
    expect(log.join('\n')).toContain('its deadline passed');
    stop.abort();
    await healer;
  });

  it('reverts a fault if another process has the process ID of its former owner', async () => {
    const { identity } = await startRunner();
    const context = fakeWorld();
    await context.hosts.kill('app1');
    const earlier = { ...identity, startTicks: String(Number(identity.startTicks) - 1) };
    await journal.write(crashRecord('app1', { injectedBy: earlier }));
    const healer = startHealerHere(context, identity);
    await waitFor(healed, { what: 'healed', deadlineMs: 5_000, intervalMs: 20 });
    stop.abort();
    await healer;
  });

  it('retries a revert that fails', async () => {
    const { child, identity } = await startRunner();
    let failures = 2;
    const context = fakeWorld((call) => {
      if (call === 'start app1' && failures-- > 0) throw new Error('the Docker engine is down');
    });
    await journal.write(crashRecord('app1', { injectedBy: identity }));
    child.kill('SIGKILL');
    await startHealerHere(context, identity);
    expect(context.hosts.calls.filter((call) => call === 'start app1')).toHaveLength(3);
  });

  it('ends at once if no fault is left and the runner has exited', async () => {
    await startHealerHere(fakeWorld(), { ...ownIdentity(), startTicks: '1' });
    expect(log).toEqual([]);
  });
});
