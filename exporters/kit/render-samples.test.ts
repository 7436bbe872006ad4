import { expect, it } from 'vitest';
import { counter, gauge } from '../catalog/metric.ts';
import { negotiateFormat, renderSamples } from './render-samples.ts';

const METRICS = {
  shop_sold_total: counter('1', 'Sold.', { labels: { kind: ['a "b"\n'] } }),
  shop_memory_bytes: gauge('bytes', 'Memory.'),
};
const SAMPLES = [
  { name: 'shop_sold_total', labels: { kind: 'a "b"\n' }, value: 7 },
  { name: 'shop_memory_bytes', value: 1.5e9 },
];

it('writes text, escaped', async () => {
  const { contentType, body } = await renderSamples(SAMPLES, METRICS, 'text');
  expect(contentType).toContain('text/plain; version=0.0.4');
  expect(body).toContain('# TYPE shop_sold_total counter\nshop_sold_total{kind="a \\"b\\"\\n"} 7\n');
  expect(body).toContain('shop_memory_bytes 1500000000\n');
});

it('writes OpenMetrics, and text again after it with the same names', async () => {
  const { contentType, body } = await renderSamples(SAMPLES, METRICS, 'openmetrics');
  expect(contentType).toContain('application/openmetrics-text');
  expect(body).toContain('# TYPE shop_sold counter\nshop_sold_total{kind="a \\"b\\"\\n"} 7\n');
  expect(body.trimEnd().endsWith('# EOF')).toBe(true);
  expect((await renderSamples(SAMPLES, METRICS, 'text')).body).toContain('\nshop_sold_total{');
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
