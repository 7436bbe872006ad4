import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healJournal, isHealed, isAbandoned, renderHealReport } from './heal.ts';
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
  it('returns written records, oldest first, and leaves no temporary files', async () => {
    await journal.write(crashRecord('app2', { createdAt: 2 }));
    await journal.write(crashRecord('app1', { createdAt: 1 }));
    const { open, unreadable } = await journal.read();
    expect(open.map((record) => record.hosts[0])).toEqual(['app1', 'app2']);
    expect(unreadable).toEqual([]);
    expect((await readdir(folder)).filter((name) => !name.endsWith('.json'))).toEqual([]);
  });

  it('removes a record, and accepts a repeated removal', async () => {
    await journal.write(crashRecord('app1'));
    await journal.remove('test-app1');
    await journal.remove('test-app1');
    expect((await journal.read()).open).toEqual([]);
  });

  it('reports an unreadable record, and keeps it', async () => {
    await writeFile(join(folder, 'broken.json'), '{"id": "x"');
    await journal.write(crashRecord('app1'));
    const { open, unreadable } = await journal.read();
    expect(open).toHaveLength(1);
    expect(unreadable.map((record) => record.path)).toEqual([join(folder, 'broken.json')]);
    expect(await readdir(folder)).toContain('broken.json');
  });

  it('rejects a record without a valid undo record', async () => {
    const record = { ...crashRecord('app1'), undo: { kind: 'host-crash' } } as unknown as ReturnType<
      typeof crashRecord
    >;
    await expect(journal.write(record)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('healing', () => {
  it('reverts every open fault and removes its record', async () => {
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

  it('continues after a failure, reports it, and keeps the record for the next attempt', async () => {
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

  it('does not count a host as healed that starts but stays unhealthy', async () => {
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

  it('is not complete while a record is unreadable', async () => {
    await writeFile(join(folder, 'broken.json'), 'nonsense');
    expect(isHealed(await healJournal(fakeWorld(), journal))).toBe(false);
  });

  it('keeps and names faults of a run that is still in progress, and reverts them when forced', async () => {
    const world = fakeWorld();
    await world.hosts.kill('app1');
    await journal.write(crashRecord('app1', { injectedBy: ownIdentity(), deadlineAt: Date.now() + 60_000 }));
    const spared = await healJournal(world, journal, { select: isAbandoned });
    expect(spared.records).toEqual([]);
    expect(renderHealReport(spared)).toContain(`process ${process.pid}, which injected it, is still running`);
    expect((await journal.read()).open).toHaveLength(1);
    const forced = await healJournal(world, journal);
    expect(forced.records.map(({ ok }) => ok)).toEqual([true]);
    expect((await journal.read()).open).toEqual([]);
  });
});
