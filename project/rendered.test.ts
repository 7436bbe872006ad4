import { expect, it } from 'vitest';
import { makeMetrics } from '../deploy/tiers/app/telemetry/metrics.ts';
import { readDrift } from '../deploy/stack/render.ts';
import { SCRAPE_JOBS } from '../deploy/model/scrape-jobs.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { APP } from '../exporters/catalog/app.ts';
import { CATALOG } from '../exporters/catalog/catalog.ts';
import { renderFiles } from './render-files.ts';

it('tracks the configuration that the topology leads to', async () => {
  const topology = makeTopology();
  const drift = await readDrift(renderFiles(topology));
  expect(drift).toEqual({ changed: [], missing: [], extra: [] });
});

it('scrapes the jobs that are in the metric catalogue, and no other', () => {
  expect(CATALOG.map(({ job }) => job).toSorted()).toEqual(SCRAPE_JOBS.map(({ name }) => name).toSorted());
});

it('gives the application the buckets and outcomes that rules ask for', async () => {
  const text = await makeMetrics('test').registry.metrics();
  const { buckets = [] } = APP.http_request_duration_seconds;
  const { registry, requestDuration } = makeMetrics('test');
  requestDuration.observe({ labels: { method: 'GET', route: '/', status_code: '200' }, value: 1, exemplarLabels: {} });
  const observed = await registry.metrics();
  const found = [...observed.matchAll(/^http_request_duration_seconds_bucket\{le="([\d.]+)",method="GET"/gm)].map(
    ([, le]) => Number(le),
  );
  expect(found).toEqual(buckets);
  for (const result of ['created', 'unavailable', 'failed'])
    expect(text).toContain(`orders_total{result="${result}"} 0`);
});
