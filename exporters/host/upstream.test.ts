import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HOST } from '../catalog/host.ts';
import { EXCLUDED_METRICS } from '../catalog/excluded-metrics.ts';
import { parseExposition } from '../compare-upstream.ts';

const UPSTREAM = parseExposition(readFileSync(join(import.meta.dirname, 'samples/upstream-1.9.prom'), 'utf8'));
const SHARED = Object.entries(HOST).filter(([name]) => name.startsWith('node_'));

/** Names of the non-empty labels of a metric in node_exporter. */
function labelsOf(name: string): readonly string[] {
  const series = [...UPSTREAM.series.keys()].find((key) => key === name || key.startsWith(`${name}{`)) ?? '';
  return [...series.matchAll(/(\w+)="/g)].map(([, label = '']) => label).sort();
}

it.each(SHARED)('%s has the same type and labels as in node_exporter', (name, { type, labels }) => {
  const excluded = EXCLUDED_METRICS.flatMap(({ metrics }) => metrics);
  expect([type, 'untyped']).toContain(UPSTREAM.types.get(name));
  // The label excluded from one file system metric is excluded from all.
  const family = name.replace(/^node_filesystem_.*/, 'node_filesystem_avail_bytes');
  const shared = labelsOf(name).filter((label) => !excluded.includes(`${family}{${label}}`));
  expect(Object.keys(labels).sort()).toEqual(shared);
});
