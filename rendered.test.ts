import { expect, it } from 'vitest';
import { renderAlertFiles } from './alerts/generated.ts';
import { readDrift, renderAll } from './deploy/render.ts';
import { SCRAPE_JOBS } from './deploy/scrape-jobs.ts';
import { makeTopology } from './deploy/topology.ts';
import { CATALOG } from './exporters/catalog/catalog.ts';

it('tracks the configuration that the topology leads to', async () => {
  const topology = makeTopology();
  const drift = await readDrift(renderAll(topology, renderAlertFiles(topology)));
  expect(drift).toEqual({ changed: [], missing: [], extra: [] });
});

it('scrapes the jobs that are in the metric catalogue, and no other', () => {
  expect(CATALOG.map(({ job }) => job).toSorted()).toEqual(SCRAPE_JOBS.map(({ name }) => name).toSorted());
});
