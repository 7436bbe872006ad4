import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healJournal, isHealed, isLeftBehind, renderHealReport } from './heal.ts';
import { openJournal, type Journal } from './journal.ts';
import { ownIdentity } from '../../kit/process-identity.ts';
import { crashRecord, fakeWorld } from './test-records.ts';

let folder: string;
let journal: Journal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-journal-'));
  journal = openJournal(folder);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the journal', () => {
  it('gives back what was written, oldest first, and leaves no drafts', async () => {
    await journal.write(crashRecord('app2', { createdAt: 2 }));
    await journal.write(crashRecord('app1', { createdAt: 1 }));
    const { open, unreadable } = await journal.read();
    expect(open.map((record) => record.hosts[0])).toEqual(['app1', 'app2']);
    expect(unreadable).toEqual([]);
    expect((await readdir(folder)).filter((name) => !name.endsWith('.json'))).toEqual([]);
  });

  it('forgets a record once, and again without complaint', async () => {
    await journal.write(crashRecord('app1'));
    await journal.remove('test-app1');
    await journal.remove('test-app1');
    expect((await journal.read()).open).toEqual([]);
  });

  it('tells of a record that it cannot read, and keeps it', async () => {
    await writeFile(join(folder, 'broken.json'), '{"id": "x"');
    await journal.write(crashRecord('app1'));
    const { open, unreadable } = await journal.read();
    expect(open).toHaveLength(1);
    expect(unreadable.map((record) => record.path)).toEqual([join(folder, 'broken.json')]);
    expect(await readdir(folder)).toContain('broken.json');
  });

  it('refuses to write a record that could not be undone', async () => {
    const record = { ...crashRecord('app1'), undo: { kind: 'host-crash' } } as unknown as ReturnType<
      typeof crashRecord
    >;
    await expect(journal.write(record)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('healing', () => {
  it('undoes every open fault and closes its record', async () => {
    const world = fakeWorld();
    await world.hosts.kill('app1');
    await world.hosts.kill('db2');
    await journal.write(crashRecord('app1'));
    await journal.write(crashRecord('db2'));
    const report = await healJournal(world, journal);
    expect(isHealed(report)).toBe(true);
    expect(world.hosts.states.get('app1')?.running).toBe(true);
    expect(world.hosts.states.get('db2')?.running).toBe(true);
    expect((await journal.read()).open).toEqual([]);
  });

  it('does nothing more when it is repeated', async () => {
    const world = fakeWorld();
    await journal.write(crashRecord('app1'));
    await healJournal(world, journal);
    const { length } = world.hosts.calls;
    const report = await healJournal(world, journal);
    expect(world.hosts.calls).toHaveLength(length);
    expect(renderHealReport(report)).toBe('nothing to heal');
  });

  it('goes on after a failure, says what failed, and keeps that record for the next try', async () => {
    let broken = true;
    const world = fakeWorld((call) => {
      if (broken && call === 'start app1') throw new Error('the engine is away');
    });
    await journal.write(crashRecord('app1'));
    await journal.write(crashRecord('app2'));
    const report = await healJournal(world, journal, { deadlineMs: 600 });
    expect(report.records.map((record) => record.ok)).toEqual([false, true]);
    expect(renderHealReport(report)).toMatch(/NOT HEALED: app1 crashes .*the engine is away/);
    expect((await journal.read()).open.map((record) => record.id)).toEqual(['test-app1']);
    broken = false;
    expect(isHealed(await healJournal(world, journal))).toBe(true);
  });

  it('counts a host that started but does not get healthy as not healed', async () => {
    const world = fakeWorld();
    await journal.write(crashRecord('app1'));
    const start = world.hosts.start.bind(world.hosts);
    const hosts = {
      ...world.hosts,
      start: async (host: string) => {
        await start(host);
        const state = world.hosts.states.get(host);
        if (state !== undefined) world.hosts.states.set(host, { ...state, health: 'unhealthy' });
      },
    };
    const report = await healJournal({ ...world, hosts }, journal, { deadlineMs: 600 });
    expect(report.records[0]).toMatchObject({ ok: false });
    expect(report.records[0]?.text).toContain('its health is unhealthy');
  });

  it('is not content while a record cannot be read', async () => {
    await writeFile(join(folder, 'broken.json'), 'nonsense');
    expect(isHealed(await healJournal(fakeWorld(), journal))).toBe(false);
  });

  it('leaves alone what a living run has in place, and names it; all the same when forced', async () => {
    const world = fakeWorld();
    await world.hosts.kill('app1');
    await journal.write(crashRecord('app1', { injectedBy: ownIdentity(), deadlineAt: Date.now() + 60_000 }));
    const spared = await healJournal(world, journal, { select: isLeftBehind });
    expect(spared.records).toEqual([]);
    expect(renderHealReport(spared)).toContain(`process ${process.pid}, which injected it, is still running`);
    expect((await journal.read()).open).toHaveLength(1);
    const forced = await healJournal(world, journal);
    expect(forced.records.map(({ ok }) => ok)).toEqual([true]);
    expect((await journal.read()).open).toEqual([]);
  });
});
