import { expect, it } from 'vitest';
import { counter, gauge } from './catalog/metric.ts';
import { differencesFromUpstream, parseExposition } from './compare-upstream.ts';

const UPSTREAM = parseExposition(
  [
    '# TYPE shop_requests_total counter',
    'shop_requests_total{method="get"} 5',
    'shop_requests_total{method="post"} 1.234567e+06',
    '# TYPE shop_info gauge',
    'shop_info{version="1",text="say \\"hi\\"",empty=""} 1',
    '# TYPE shop_age untyped',
    'shop_age 3',
  ].join('\n'),
);
const METRICS = {
  shop_requests_total: counter('1', 'Requests.'),
  shop_info: gauge('1', 'Information.'),
  shop_age: gauge('1', 'Age.'),
  shop_own: gauge('1', 'Ours.'),
};
const SAME = [
  { name: 'shop_requests_total', labels: { method: 'get' }, value: 5 },
  { name: 'shop_requests_total', labels: { method: 'post' }, value: 1_234_567 },
  { name: 'shop_info', labels: { text: 'say "hi"', version: '1' }, value: 1 },
  { name: 'shop_age', value: 3 },
  { name: 'shop_own', value: 7 },
];

const differences = (
  samples: typeof SAME,
  metrics: Parameters<typeof differencesFromUpstream>[2]['metrics'] = METRICS,
) => differencesFromUpstream(UPSTREAM, samples, { own: ['shop_own'], metrics });

it('finds no difference between identical expositions', () => {
  expect(differences(SAME)).toEqual([]);
});

it.each([
  [
    'another name',
    SAME.map((one) => ({ ...one, name: one.name.replace('age', 'uptime') })),
    ['shop_uptime: upstream has no such metric'],
  ],
  ['a value of a label that is missing', SAME.slice(1), ['shop_requests_total{method="get"}: only upstream has it']],
  [
    'a label too many',
    SAME.map((one) => (one.name === 'shop_age' ? { ...one, labels: { unit: 's' } } : one)),
    ['shop_age: only upstream has it', 'shop_age{unit="s"}: upstream does not have it'],
  ],
  [
    'another value',
    SAME.map((one) => (one.name === 'shop_age' ? { ...one, value: 4 } : one)),
    ['shop_age: 4, upstream 3'],
  ],
  [
    'a metric of ours that is not declared as ours',
    [...SAME, { name: 'shop_more', value: 1 }],
    ['shop_more: upstream has no such metric'],
  ],
])('finds %s', (_what, samples, found) => {
  expect(differences(samples as typeof SAME)).toEqual(found);
});

it('finds a different type, unless it is declared', () => {
  const metrics = { ...METRICS, shop_info: counter('1', 'Information.') };
  expect(differences(SAME, metrics)).toEqual(['shop_info: counter, upstream gauge']);
  expect(differencesFromUpstream(UPSTREAM, SAME, { own: ['shop_own'], metrics, ourTypes: ['shop_info'] })).toEqual([]);
});
