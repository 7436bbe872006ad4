import { expect, it } from 'vitest';
import { SCRAPE_JOBS } from './deploy/monitor/render-prometheus.ts';
import { readDrift } from './deploy/render.ts';
import { makeTopology } from './deploy/topology.ts';
import { CATALOG } from './exporters/catalog/catalog.ts';
import { renderFiles } from './render-files.ts';

it('tracks the configuration that the topology leads to', async () => {
  const topology = makeTopology();
  const drift = await readDrift(renderFiles(topology));
  expect(drift).toEqual({ changed: [], missing: [], extra: [] });
});

it('scrapes the jobs that are in the metric catalogue, and no other', () => {
  expect(CATALOG.map(({ job }) => job).toSorted()).toEqual(SCRAPE_JOBS.map(({ name }) => name).toSorted());
});
