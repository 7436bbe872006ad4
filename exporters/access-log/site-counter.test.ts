import { expect, it } from 'vitest';
import type { Sample } from '../kit/exporter.ts';
import { makeHaproxyAggregator } from './haproxy-aggregator.ts';
import { makeSiteCounter } from './site-counter.ts';

const NAMES = { proxies: new Set(['edge', 'http', 'app-pool', 'varnish']), servers: new Set(['edge1']) };
const SAMPLING = { slowMs: 300, sampleRatio: 1 };

function countsOf(lines: readonly string[]): Readonly<Record<string, number>> {
  const site = makeSiteCounter();
  const aggregator = makeHaproxyAggregator(NAMES, SAMPLING, { now: () => 0, elapsed: () => 0, site });
  for (const line of lines) aggregator.take(`{"line":"H1|7|0|${line}|-","`);
  const samples: Sample[] = [];
  site.emit((sample) => samples.push(sample));
  return Object.fromEntries(
    samples.map(({ labels, value }) => [`${labels?.['source']} ${labels?.['outcome']}`, value ?? NaN]),
  );
}

it('counts client requests at the entry of the site only', () => {
  const counts = countsOf([
    'edge|varnish|edge1|200|--|5|-',
    'http|varnish|edge1|200|--|5|forwarded',
    'http|varnish|edge1|404|--|5|-',
    'app-pool|varnish|edge1|503|--|5|-',
    'edge|varnish|edge1|503|SC|5|check',
  ]);
  expect(counts).toEqual({ 'client ok': 2, 'client error': 0 });
});

it('counts failures of the site as errors, but not refused or aborted requests', () => {
  const lines = ['500', '503', '504', '501', '505', '429', '-1'].map((status) => `edge|varnish|edge1|${status}|--|5|-`);
  expect(countsOf(lines)).toEqual({ 'client ok': 4, 'client error': 3 });
});

it('exposes both outcomes from the first request on', () => {
  const site = makeSiteCounter();
  site.count('prober', 'error');
  const samples: Sample[] = [];
  site.emit((sample) => samples.push(sample));
  expect(samples.map(({ labels, value }) => [labels, value])).toEqual([
    [{ source: 'prober', outcome: 'ok' }, 0],
    [{ source: 'prober', outcome: 'error' }, 1],
  ]);
});
