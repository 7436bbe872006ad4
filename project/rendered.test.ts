import { expect, it } from 'vitest';
import { makeMetrics } from '../deploy/tiers/app/telemetry/metrics.ts';
import { readDrift } from '../deploy/stack/render.ts';
import { SCRAPE_JOBS } from '../deploy/model/scrape-jobs.ts';
import { makeTopology } from '../deploy/model/topology.ts';
import { APP } from '../exporters/catalog/app.ts';
import { CATALOG } from '../exporters/catalog/catalog.ts';
import { renderFiles } from './render-files.ts';

it('the committed generated files match the topology', async () => {
  const topology = makeTopology();
  const drift = await readDrift(renderFiles(topology));
  expect(drift).toEqual({ changed: [], missing: [], extra: [] });
});

it('the scrape jobs are exactly the jobs of the metric catalogue', () => {
  expect(CATALOG.map(({ job }) => job).toSorted()).toEqual(SCRAPE_JOBS.map(({ name }) => name).toSorted());
});

it('the application exposes the buckets and outcomes that rules use', async () => {
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
