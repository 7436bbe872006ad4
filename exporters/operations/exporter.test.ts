import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderExperiments, type Experiment } from '../../kit/experiments.ts';
import type { Operations } from '../../kit/operations.ts';
import { OPERATIONS } from '../catalog/operations.ts';
import { collect } from '../kit/collect.ts';
import { renderSamples } from '../kit/render-samples.ts';
import { makeOperationsExporter } from './exporter.ts';

const NOW = '2026-01-02T10:00:00.000Z';
const NOW_S = Date.parse(NOW) / 1_000;
const at = (seconds: number): string => new Date((NOW_S + seconds) * 1_000).toISOString();

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-operations-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const files = () => ({
  operationsFile: join(folder, 'operations.json'),
  experimentsFile: join(folder, 'experiments.json'),
});
const write = (operations: Operations): Promise<void> => writeFile(files().operationsFile, JSON.stringify(operations));

async function samplesOf(target = files()) {
  const exporter = makeOperationsExporter(() => NOW_S * 1_000);
  const options = { deadlineMs: 2_000, maxSeries: 100, signal: new AbortController().signal };
  return (await collect(exporter, target, options)).samples;
}

/** Samples of one scrape, by name and label values. */
async function scrape(target = files()): Promise<Readonly<Record<string, number | undefined>>> {
  const samples = await samplesOf(target);
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => [[name, ...Object.values(labels ?? {})].join(' '), value]),
  );
}

it('exposes drains with their planned end, and the change in progress', async () => {
  const drain = { by: 'anna', reason: 'new disk', since: at(-60) };
  await write({
    drains: [
      { ...drain, host: 'web1', kind: 'operator', until: at(3_540) },
      { ...drain, host: 'app1', kind: 'change' },
    ],
    change: { what: 'roll app', hosts: ['app1', 'app2'], since: at(-90) },
  });
  const samples = await scrape();
  expect(samples).toMatchObject({
    operations_up: 1,
    'operations_scrape_collector_success operations': 1,
    'maintenance_drain_start_timestamp_seconds web1 operator': NOW_S - 60,
    'maintenance_drain_end_timestamp_seconds web1': NOW_S + 3_540,
    'maintenance_drain_start_timestamp_seconds app1 change': NOW_S - 60,
    'maintenance_change_running roll app': 1,
    'maintenance_change_start_timestamp_seconds roll app': NOW_S - 90,
  });
  expect(samples['maintenance_drain_end_timestamp_seconds app1']).toBeUndefined();
});

it('exposes the last rollout of a release, and the number of rollouts by outcome', async () => {
  const rollout = {
    version: 'abc',
    startedAt: at(-90),
    ended: { done: 3, returned: 1, failed: 0, interrupted: 0 },
  };
  await write({ drains: [], rollout });
  const running = await scrape();
  expect(running).toMatchObject({
    'release_rolling abc': 1,
    'release_last_start_timestamp_seconds abc': NOW_S - 90,
    'release_outcomes_total done': 3,
    'release_outcomes_total returned': 1,
  });
  expect(running['release_duration_seconds abc']).toBeUndefined();
  await write({ drains: [], rollout: { ...rollout, endedAt: at(-30) } });
  expect(await scrape()).toMatchObject({ 'release_rolling abc': 0, 'release_duration_seconds abc': 60 });
});

describe('an experiment', () => {
  const runs = { held: 2, violated: 1, unknown: 0 };
  const experimentOf = async (experiment: Experiment) => {
    await writeFile(files().experimentsFile, renderExperiments([experiment]));
    return scrape();
  };

  it('has its last verdict and the number of runs', async () => {
    const ended: Experiment = { guarantee: 'spof/app-crash', verdict: 'violated', endedAt: at(-30), runs };
    expect(await experimentOf(ended)).toMatchObject({
      'operations_scrape_collector_success experiments': 1,
      'experiment_running spof/app-crash': 0,
      'experiment_verdict spof/app-crash held': 0,
      'experiment_verdict spof/app-crash violated': 1,
      'experiment_verdict spof/app-crash unknown': 0,
      'experiment_last_run_timestamp_seconds spof/app-crash': NOW_S - 30,
      'experiment_runs_total spof/app-crash held': 2,
      'experiment_runs_total spof/app-crash violated': 1,
    });
  });

  it.each([
    ['is running until its process no longer renews it', 1, 1],
    ['of a killed process is not running', -1, 0],
  ])('%s', async (_title, untilS, expected) => {
    const running = { since: at(-300), until: at(untilS) };
    const samples = await experimentOf({ guarantee: 'spof/app-crash', runs, running });
    expect(samples['experiment_running spof/app-crash']).toBe(expected);
    expect(samples['experiment_verdict spof/app-crash held']).toBeUndefined();
  });
});

it('without files, declares every metric and has no samples of it', async () => {
  const { body } = renderSamples(await samplesOf(), OPERATIONS, 'openmetrics');
  for (const name of Object.keys(OPERATIONS)) expect(body).toContain(`# TYPE ${name.replace(/_total$/, '')} `);
  expect(body).not.toMatch(/^(maintenance|release|experiment)_/m);
  expect(await scrape()).toMatchObject({
    'operations_scrape_collector_success operations': 1,
    'operations_scrape_collector_success experiments': 1,
  });
});

it.each(['', '[]', '{"drains":[{"host":"web1"}]}'])('%j fails one collector, and not the other', async (text) => {
  await writeFile(files().operationsFile, text);
  expect(await scrape()).toMatchObject({
    operations_up: 1,
    'operations_scrape_collector_success operations': 0,
    'operations_scrape_collector_success experiments': 1,
  });
});

it('a configuration folder that does not exist is down', async () => {
  const target = { operationsFile: join(folder, 'none/operations.json'), experimentsFile: join(folder, 'none/e.json') };
  expect((await scrape(target))['operations_up']).toBe(0);
});
