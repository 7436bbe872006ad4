import { describe, expect, it } from 'vitest';
import { seriesOf } from '../catalog/catalog.ts';
import { atMost, counter, gauge, histogram } from '../catalog/metric.ts';
import { checkPromql, seriesIn } from './check-promql.ts';

const series = seriesOf([
  {
    job: 'shop',
    coverage: 'complete',
    metrics: {
      requests_total: counter('1', 'Requests.', { labels: { code: ['2xx', '5xx'] } }),
      sent_bytes_total: counter('bytes', 'Sent.'),
      busy_seconds_total: counter('seconds', 'Busy.'),
      wait_seconds: histogram('seconds', 'A wait.', { labels: { pool: atMost(2, 'pools') } }),
      connections: gauge('1', 'Connections.', { labels: { pool: atMost(2, 'pools') } }),
      memory_bytes: gauge('bytes', 'Memory.'),
      age_seconds: gauge('seconds', 'Age.'),
      changed_timestamp_seconds: gauge('timestamp', 'A time.'),
    },
  },
]);

function codes(text: string): readonly string[] {
  return checkPromql(text, { at: 'here', recorded: ['shop:healthy'], series }).map(({ code }) => code);
}

describe('a valid expression', () => {
  it.each([
    'sum by (code) (rate(requests_total{code=~"2.."}[1m])) > 1',
    'sum(rate(requests_total{code="5xx"}[1m])) / sum(rate(requests_total[1m])) > 0.01',
    'histogram_quantile(0.99, sum by (le, pool) (rate(wait_seconds_bucket[5m]))) > 0.3',
    'rate(wait_seconds_sum[1m]) / rate(wait_seconds_count[1m])',
    'time() - max(changed_timestamp_seconds) > 60',
    'time() - changed_timestamp_seconds > age_seconds',
    'absent(requests_total) or connections > 3',
    'count(requests_total) < 2',
    'changes(requests_total[5m]) == 0',
    'timestamp(up) > time() - 6',
    'requests_total - requests_total offset 5m > 0',
    'rate(busy_seconds_total[1m]) > 0.9',
    'max_over_time(memory_bytes[5m:10s]) > 1e9',
    'max by (address) (label_replace(connections, "address", "$1", "pool", "(.+)"))',
    'connections > 0 unless on (host) ALERTS{alertname="HostLost"}',
    'vector(1) unless on () shop:healthy == 1',
    'topk(3, connections)',
    'count_values("size", connections) > 1',
    'sum without (pool) (connections) > 1',
    'predict_linear(memory_bytes[1h], 3600) > 1e9',
    'clamp_max(connections, 5)',
    'up{job="shop"} == 0',
    'connections{job!="missing"} > 0',
  ])('%s', (text) => {
    expect(checkPromql(text, { at: 'here', recorded: ['shop:healthy'], series })).toEqual([]);
  });
});

describe('an invalid expression', () => {
  it.each([
    ['sum(rate(requests_total[1m])', ['syntax']],
    ['', ['syntax']],
    ['rate(request_total[1m])', ['unknown-metric']],
    ['{__name__=~"a.*"}', ['unknown-metric']],
    ['rate(wait_seconds[1m])', ['unknown-metric']],
    ['connections{pond="a"}', ['unknown-label']],
    ['rate(requests_total{code="404"}[1m])', ['unknown-value']],
    ['rate(requests_total{code=~"4.."}[1m])', ['unknown-value']],
    ['up{job="shoop"} == 0', ['unknown-value']],
    ['connections{job=~"missing|others"} > 0', ['unknown-value']],
    ['sum by (pond) (connections)', ['unknown-label']],
    ['sum by (pool) (sum by (host) (connections))', ['unknown-label']],
    ['connections and on (code) rate(requests_total[1m])', ['unknown-label']],
    ['requests_total > 5', ['counter-without-rate']],
    ['requests_total', ['counter-without-rate']],
    ['sum(requests_total)', ['counter-without-rate']],
    ['max_over_time(requests_total[1m])', ['counter-without-rate']],
    ['rate(connections[1m])', ['rate-of-gauge']],
    ['deriv(requests_total[1m])', ['course-of-counter', 'counter-without-rate']],
    ['histogram_quantile(0.9, sum by (pool) (rate(wait_seconds_bucket[1m])))', ['quantile-without-le']],
    ['histogram_quantile(0.9, wait_seconds_bucket)', ['counter-without-rate']],
    ['memory_bytes > age_seconds', ['units']],
    ['age_seconds + memory_bytes', ['units']],
    ['rate(sent_bytes_total[1m]) > memory_bytes', ['units']],
    ['histogram_quantile(0.9, rate(wait_seconds_bucket[1m])) > memory_bytes', ['units']],
    ['changed_timestamp_seconds > age_seconds', ['units']],
  ])('%s: %j', (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('reports all problems at once', () => {
    expect(codes('rate(connections{pond="a"}[1m]) + no_such_metric')).toEqual([
      'unknown-label',
      'rate-of-gauge',
      'unknown-metric',
    ]);
  });
});

it('lists the series that an expression reads', () => {
  expect([...seriesIn('rate(a_total[1m]) / on () sum(b) or absent(c{x="1"})')]).toEqual(['a_total', 'b', 'c']);
});
