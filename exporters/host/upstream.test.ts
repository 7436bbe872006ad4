import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HOST } from '../catalog/host.ts';
import { LEFT_OUT } from '../catalog/excluded-metrics.ts';
import { parseExposition } from '../compare-upstream.ts';

const UPSTREAM = parseExposition(readFileSync(join(import.meta.dirname, 'samples/upstream-1.9.prom'), 'utf8'));
const SHARED = Object.entries(HOST).filter(([name]) => name.startsWith('node_'));

/** Names of the labels that node_exporter gives a metric; empty ones are none to Prometheus. */
function labelsOf(name: string): readonly string[] {
  const series = [...UPSTREAM.series.keys()].find((key) => key === name || key.startsWith(`${name}{`)) ?? '';
  return [...series.matchAll(/(\w+)="/g)].map(([, label = '']) => label).sort();
}

it.each(SHARED)('%s has the type and the labels that node_exporter gives it', (name, { type, labels }) => {
  const leftOut = LEFT_OUT.flatMap(({ metrics }) => metrics);
  expect([type, 'untyped']).toContain(UPSTREAM.types.get(name));
  // What is left out of one metric of file systems is left out of all.
  const family = name.replace(/^node_filesystem_.*/, 'node_filesystem_avail_bytes');
  const shared = labelsOf(name).filter((label) => !leftOut.includes(`${family}{${label}}`));
  expect(Object.keys(labels).sort()).toEqual(shared);
});
