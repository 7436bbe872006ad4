import { expect, it } from 'vitest';
import { counter, gauge, histogram } from '../catalog/metric.ts';
import { makeHistogram } from './histogram.ts';
import { negotiateFormat, renderSamples } from './render-samples.ts';

const METRICS = {
  shop_sold_total: counter('1', 'Sold.', { labels: { kind: ['a "b"\n'] } }),
  shop_memory_bytes: gauge('bytes', 'Memory.'),
};
const SAMPLES = [
  { name: 'shop_sold_total', labels: { kind: 'a "b"\n' }, value: 7 },
  { name: 'shop_memory_bytes', value: 1.5e9 },
];

it('writes text, escaped', () => {
  const { contentType, body } = renderSamples(SAMPLES, METRICS, 'text');
  expect(contentType).toContain('text/plain; version=0.0.4');
  expect(body).toContain('# TYPE shop_sold_total counter\nshop_sold_total{kind="a \\"b\\"\\n"} 7\n');
  expect(body).toContain('shop_memory_bytes 1500000000\n');
});

it('writes OpenMetrics, and afterwards text with the same names', () => {
  const { contentType, body } = renderSamples(SAMPLES, METRICS, 'openmetrics');
  expect(contentType).toContain('application/openmetrics-text');
  expect(body).toContain('# TYPE shop_sold counter\nshop_sold_total{kind="a \\"b\\"\\n"} 7\n');
  expect(body.trimEnd().endsWith('# EOF')).toBe(true);
  expect(renderSamples(SAMPLES, METRICS, 'text').body).toContain('\nshop_sold_total{');
});

it('keeps the name of a counter without _total: type counter in text, unknown in OpenMetrics', () => {
  const metrics = { nginx_connections_handled: counter('1', 'Handled.', { naming: 'upstream' }) };
  const samples = [{ name: 'nginx_connections_handled', value: 3 }];
  for (const [format, type] of [
    ['text', 'counter'],
    ['openmetrics', 'unknown'],
  ] as const) {
    const { body } = renderSamples(samples, metrics, format);
    expect(body).toContain(`# TYPE nginx_connections_handled ${type}\nnginx_connections_handled 3\n`);
  }
});

const WAIT = { shop_wait_seconds: histogram('seconds', 'A wait.', { labels: { pool: ['a'] } }) };
const waits = makeHistogram([0.1, 1]);
waits.observe(0.1);
waits.observe(0.25, { traceId: 'ab'.repeat(16), atMs: 1_700_000_000_500 });
waits.observe(7);
const HISTOGRAM = [{ name: 'shop_wait_seconds', labels: { pool: 'a' }, histogram: waits.read() }];

it('writes a histogram with cumulative buckets', () => {
  expect(renderSamples(HISTOGRAM, WAIT, 'text').body).toBe(`# HELP shop_wait_seconds A wait.
# TYPE shop_wait_seconds histogram
shop_wait_seconds_bucket{pool="a",le="0.1"} 1
shop_wait_seconds_bucket{pool="a",le="1"} 2
shop_wait_seconds_bucket{pool="a",le="+Inf"} 3
shop_wait_seconds_sum{pool="a"} 7.35
shop_wait_seconds_count{pool="a"} 3
`);
});

it('writes exemplars in OpenMetrics only', () => {
  const exemplar = `shop_wait_seconds_bucket{pool="a",le="1"} 2 # {trace_id="${'ab'.repeat(16)}"} 0.25 1700000000.500\n`;
  expect(renderSamples(HISTOGRAM, WAIT, 'openmetrics').body).toContain(exemplar);
  expect(renderSamples(HISTOGRAM, WAIT, 'text').body).not.toContain('trace_id');
});

it.each([
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/plain;version=0.0.4;q=0.5', 'text'],
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5',
    'openmetrics',
  ],
])('%s is answered with %s', (accept, format) => {
  expect(negotiateFormat(accept)).toBe(format);
});

it('keeps the full name of a counter whose family is another metric; type unknown in OpenMetrics', () => {
  const metrics = {
    varnish_main_fetch_total: counter('1', 'All.', { naming: 'upstream' }),
    varnish_main_fetch: counter('1', 'By kind.', { labels: { type: ['head'] }, naming: 'upstream' }),
  };
  const samples = [
    { name: 'varnish_main_fetch_total', value: 3 },
    { name: 'varnish_main_fetch', labels: { type: 'head' }, value: 1 },
  ];
  const families = renderSamples(samples, metrics, 'openmetrics').body.match(/^# TYPE .*/gm);
  expect(families).toEqual(['# TYPE varnish_main_fetch_total unknown', '# TYPE varnish_main_fetch unknown']);
});
