import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  publicExperiments,
  readExperimentRecords,
  type ExperimentRecord,
} from '../../deploy/change/experiment-records.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { identifyProcess, ownIdentity } from '../../kit/process-identity.ts';
import { changeRecord, recordExperiment } from './experiment-log.ts';

// No monitor, so that nothing is published to a running stack.
const topology = { ...makeTopology(), hosts: [] };
const GUARANTEE = 'spof/app-crash';

let folder = '';
let path = '';
const problems: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-experiments-'));
  path = join(folder, 'experiments.json');
  problems.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = <T extends { readonly verdict: 'held' | 'violated' | 'unknown' }>(work: () => Promise<T>): Promise<T> =>
  recordExperiment({ topology, path, onProblem: (line) => problems.push(line) }, GUARANTEE, work);

describe('an experiment', () => {
  it('is on disk while it runs, and its verdict afterwards', async () => {
    await record(async () => {
      const [running] = await readExperimentRecords(path);
      expect(running).toMatchObject({ guarantee: GUARANTEE, running: { owner: ownIdentity() } });
      return { verdict: 'held' };
    });
    await record(() => Promise.resolve({ verdict: 'violated' }));
    const [record1, ...more] = await readExperimentRecords(path);
    expect(more).toEqual([]);
    expect(record1).toMatchObject({ verdict: 'violated', runs: { held: 1, violated: 1, unknown: 0 } });
    expect(record1?.running).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it('that was interrupted has no verdict, and keeps the one before', async () => {
    await record(() => Promise.resolve({ verdict: 'held' }));
    await expect(record(() => Promise.reject(new Error('Interrupted.')))).rejects.toThrow('Interrupted.');
    const [found] = await readExperimentRecords(path);
    expect(found).toMatchObject({ verdict: 'held', runs: { held: 1, violated: 0, unknown: 0 } });
    expect(found?.running).toBeUndefined();
  });

  it('keeps its verdict if it cannot be recorded, and the reason is reported', async () => {
    await writeFile(path, '{"experiments":[{"guarantee":7}]}');
    expect(await record(() => Promise.resolve({ verdict: 'held' }))).toEqual({ verdict: 'held' });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toContain(path);
  });
});

describe('monitors get', () => {
  const since = new Date(0).toISOString();
  const runs = { held: 0, violated: 0, unknown: 0 };

  it('a running experiment with the time until which its process is believed', () => {
    const records = [{ guarantee: GUARANTEE, runs, running: { since, owner: ownIdentity() } }];
    expect(publicExperiments(records, 1_000)).toEqual([
      { guarantee: GUARANTEE, runs, running: { since, until: new Date(61_000).toISOString() } },
    ]);
  });

  it('no running experiment of a killed process', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const owner = identifyProcess(child.pid ?? 0);
    if (owner === undefined) throw new Error('the process did not start');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(publicExperiments([{ guarantee: GUARANTEE, runs, running: { since, owner } }], 0)).toEqual([
      { guarantee: GUARANTEE, runs },
    ]);
  });
});

it('the least recent of too many guarantees is dropped', () => {
  let records: readonly ExperimentRecord[] = [];
  for (let count = 0; count <= 200; count += 1) records = changeRecord(records, `area/${count}`, (one) => one);
  records = changeRecord(records, 'area/1', (one) => one);
  expect(records).toHaveLength(200);
  expect(records.at(-1)?.guarantee).toBe('area/1');
  expect(records.some(({ guarantee }) => guarantee === 'area/0')).toBe(false);
});
