import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PATHS } from '../../kit/paths.ts';
import { seriesOf, type Source } from './catalog.ts';
import { checkCatalog } from './check-catalog.ts';
import { HAPROXY } from './haproxy.ts';
import { RESERVED } from './reserved.ts';
import { counter, gauge, histogram, summary } from './metric.ts';

describe('the catalogue', () => {
  it('has no problems', () => {
    expect(checkCatalog()).toEqual([]);
  });

  it('names the three series of a histogram', () => {
    const series = seriesOf([source({ wait_seconds: histogram('seconds', 'A wait.', { labels: { pool: ['a'] } }) })]);
    expect(series.get('wait_seconds')).toBeUndefined();
    expect(series.get('wait_seconds_sum')).toMatchObject({ unit: 'seconds', type: 'counter' });
    expect(series.get('wait_seconds_count')).toMatchObject({ unit: '1', labels: { pool: ['a'] } });
    expect(Object.keys(series.get('wait_seconds_bucket')?.labels ?? {})).toEqual(['pool', 'le']);
  });
});

it('the catalogue names the three series of a summary', () => {
  const series = seriesOf([source({ wait_seconds: summary('seconds', 'A wait.', { labels: { pool: ['a'] } }) })]);
  expect(series.get('wait_seconds')).toMatchObject({ unit: 'seconds', type: 'gauge' });
  expect(Object.keys(series.get('wait_seconds')?.labels ?? {})).toEqual(['pool', 'quantile']);
  expect(series.get('wait_seconds_sum')).toMatchObject({ unit: 'seconds', type: 'counter', labels: { pool: ['a'] } });
  expect(series.get('wait_seconds_count')).toMatchObject({ unit: '1', type: 'counter' });
  expect(series.get('wait_seconds_bucket')).toBeUndefined();
});

it('Prometheus requests from HAProxy exactly the metrics of the catalogue', () => {
  const config = readFileSync(join(PATHS.rendered, 'mon1/prometheus.yml'), 'utf8');
  const [requested = ''] = config.match(/haproxy_\w+(,haproxy_\w+)+/) ?? [];
  expect(requested.split(',').sort()).toEqual(Object.keys(HAPROXY).sort());
});

it('reserved names are not among the series that rules and panels may read', () => {
  const series = seriesOf();
  const names = Object.keys(RESERVED).flatMap((name) => [name, `${name}_count`]);
  expect(names.filter((name) => series.has(name))).toEqual([]);
});

function source(metrics: Source['metrics'], job = 'some'): Source {
  return { job, coverage: 'complete', metrics };
}

describe('a catalogue has a problem', () => {
  it.each([
    ['counter-name', { requests: counter('1', 'Requests.') }],
    ['counter-name', { requests_total: gauge('1', 'Requests.') }],
    ['unit-name', { wait: gauge('seconds', 'A wait.') }],
    ['unit-name', { changed_seconds: gauge('timestamp', 'A time.') }],
    ['target-label', { up_hosts: gauge('1', 'Hosts.', { labels: { host: ['a'] } }) }],
    ['help', { things: gauge('1', 'things') }],
    ['reserved', { backup_failures_total: counter('1', 'Others than those of the database.') }],
  ])('with %s', (code, metrics) => {
    expect(checkCatalog([source(metrics)]).map((problem) => problem.code)).toEqual([code]);
  });

  it('when two jobs use one name for different metrics, and all problems are reported at once', () => {
    const found = checkCatalog([
      source({ things: gauge('1', 'Things.') }),
      source({ things: gauge('bytes', 'things') }, 'other'),
    ]);
    expect(found.map(({ code, at }) => [code, at])).toEqual([
      ['unit-name', 'other/things'],
      ['help', 'other/things'],
      ['two-meanings', 'other/things'],
    ]);
  });
});
