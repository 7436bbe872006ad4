import { expect, it } from 'vitest';
import type { Source } from './catalog.ts';
import { checkLive, type Exposed } from './check-live.ts';
import { atMost, counter, gauge, histogram, summary } from './metric.ts';

const SHOP: Source = {
  job: 'shop',
  coverage: 'complete',
  metrics: {
    requests_total: counter('1', 'Requests.', { labels: { code: ['2xx', '5xx'] } }),
    retries_total: counter('1', 'Retries.', { presence: 'on-event' }),
    stalls_total: counter('1', 'Stalls.', { presence: 'by-kernel' }),
    wait_seconds: histogram('seconds', 'A wait.', { labels: { pool: atMost(2, 'pools') } }),
    connections: gauge('1', 'Connections.'),
  },
};

const HEALTHY: Exposed = {
  families: [
    { job: 'shop', name: 'requests_total', type: 'counter' },
    { job: 'shop', name: 'wait_seconds', type: 'histogram' },
    { job: 'shop', name: 'connections', type: 'gauge' },
  ],
  series: [
    { __name__: 'requests_total', job: 'shop', host: 'app1', code: '2xx' },
    { __name__: 'wait_seconds_bucket', job: 'shop', pool: 'a', le: '0.1' },
    { __name__: 'connections', job: 'shop', host: 'app1' },
  ],
};

const codes = (exposed: Exposed, catalog = [SHOP]) => checkLive(exposed, catalog).map(({ code, at }) => [code, at]);

it('finds no problem where both match; metrics of events or of some kernels may be missing', () => {
  expect(codes(HEALTHY)).toEqual([]);
});

it('finds exposed metrics missing in the catalogue, and catalogue metrics that are not exposed', () => {
  const families = [...HEALTHY.families.slice(0, 2), { job: 'shop', name: 'surprise', type: 'gauge' }];
  expect(codes({ ...HEALTHY, families })).toEqual([
    ['not-exposed', 'shop/connections'],
    ['not-in-catalogue', 'shop/surprise'],
  ]);
});

it('accepts further metrics of a source with partial coverage', () => {
  const families = [...HEALTHY.families, { job: 'shop', name: 'surprise', type: 'gauge' }];
  expect(codes({ ...HEALTHY, families }, [{ ...SHOP, coverage: 'partial' }])).toEqual([]);
});

it('finds a wrong type, an unknown label, an unknown value, and too many values', () => {
  const families = HEALTHY.families.map((family) => ({
    ...family,
    type: family.name === 'connections' ? 'counter' : family.type,
  }));
  const series = [
    { __name__: 'connections', job: 'shop', colour: 'red' },
    { __name__: 'requests_total', job: 'shop', code: '404' },
    ...['a', 'b', 'c'].map((pool) => ({ __name__: 'wait_seconds_sum', job: 'shop', pool })),
  ];
  expect(codes({ families, series })).toEqual([
    ['value', 'shop/requests_total'],
    ['too-many-values', 'shop/wait_seconds'],
    ['type', 'shop/connections'],
    ['label', 'shop/connections'],
  ]);
});

it('accepts the label quantile of a summary, but no other unknown label', () => {
  const metrics = { wait_seconds: summary('seconds', 'A wait.') };
  const exposed = (label: string): Exposed => ({
    families: [{ job: 'shop', name: 'wait_seconds', type: 'summary' }],
    series: [{ __name__: 'wait_seconds', job: 'shop', [label]: '0.9' }],
  });
  expect(codes(exposed('quantile'), [{ ...SHOP, metrics }])).toEqual([]);
  expect(codes(exposed('colour'), [{ ...SHOP, metrics }])).toEqual([['label', 'shop/wait_seconds']]);
});

it('expects type unknown for a counter without _total, as in OpenMetrics', () => {
  const metrics = { handled: counter('1', 'Handled.', { naming: 'upstream' }) };
  const exposed = (type: string): Exposed => ({ families: [{ job: 'shop', name: 'handled', type }], series: [] });
  expect(codes(exposed('unknown'), [{ ...SHOP, metrics }])).toEqual([]);
  expect(codes(exposed('gauge'), [{ ...SHOP, metrics }])).toEqual([['type', 'shop/handled']]);
});

it('reports a job that exposes nothing', () => {
  expect(codes({ families: [], series: [] })).toEqual([['job-missing', 'shop']]);
});
