import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HAPROXY_LOG, NGINX_LOG } from '../catalog/access-log.ts';
import { collect } from '../kit/collect.ts';
import type { Sample } from '../kit/exporter.ts';
import { anyBytes } from './testing.ts';
import { makeLogExporter } from './exporter.ts';
import { makeHaproxyAggregator } from './haproxy-aggregator.ts';
import type { LineAggregator } from './line-aggregator.ts';
import { makeNginxAggregator } from './nginx-aggregator.ts';
import { makeSiteCounter } from './site-counter.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const NAMES = { proxies: new Set(['http', 'web', 'app-pool']), servers: new Set(['web1', 'app1']) };
const SAMPLING = { slowMs: 300, sampleRatio: 1 };
const options = { deadlineMs: 1_000, maxSeries: 5_000, signal: new AbortController().signal };

async function samplesOf(aggregator: LineAggregator, which: 'nginx' | 'haproxy' = 'nginx'): Promise<readonly Sample[]> {
  const exporter =
    which === 'nginx' ? makeLogExporter('nginx_log', NGINX_LOG) : makeLogExporter('haproxy_log', HAPROXY_LOG);
  const { samples, failures } = await collect(exporter, aggregator, options);
  expect(failures).toEqual({});
  return samples;
}

const find = (samples: readonly Sample[], name: string): Sample | undefined => samples.find((one) => one.name === name);

const nginx = (fields: string): string => `<190>Nov 24 22:04:30 nginx: N1|${fields}`;

it('counts a request of Nginx by route, method and status class, with an exemplar', async () => {
  const aggregator = makeNginxAggregator(SAMPLING, () => 1_700_000_000_000);
  aggregator.take(nginx(`/|GET|200|0.012|100|502, 200|0.001, 0.010|${TRACE}`));
  aggregator.take(nginx('/|GET|200|0.3|50|-|-|-'));
  aggregator.take('garbage');
  const samples = await samplesOf(aggregator);
  const requests = find(samples, 'nginx_http_request_duration_seconds');
  expect(requests?.labels).toEqual({ method: 'GET', route: '/', code: '2xx' });
  expect(requests?.histogram).toMatchObject({ counts: [0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], sum: 0.312 });
  expect(requests?.histogram?.exemplars?.[3]).toEqual({ traceId: TRACE, value: 0.012, atMs: 1_700_000_000_000 });
  expect(requests?.histogram?.exemplars?.[6]).toBeUndefined();
  expect(samples.filter(({ name }) => name === 'nginx_upstream_response_duration_seconds')).toHaveLength(2);
  expect(find(samples, 'nginx_http_sent_bytes_total')?.value).toBe(150);
  expect(find(samples, 'nginx_log_lines_total')?.value).toBe(3);
  expect(find(samples, 'nginx_log_lines_malformed_total')?.value).toBe(1);
});

it('makes exemplars of traces that the application samples, and of no others', async () => {
  const aggregator = makeNginxAggregator({ slowMs: 300, sampleRatio: 0 }, () => 0);
  aggregator.take(nginx(`/|GET|200|0.012|100|200|0.010|${TRACE}`));
  aggregator.take(nginx(`/|GET|200|2.000|100|200|1.999|${'ab'.repeat(16)}`));
  aggregator.take(nginx(`/static/*|GET|200|2.000|100|-|-|${TRACE}`));
  const exemplars = (await samplesOf(aggregator))
    .filter(({ name }) => name === 'nginx_http_request_duration_seconds')
    .flatMap(({ histogram }) => histogram?.exemplars?.flatMap((one) => one?.traceId ?? []) ?? []);
  expect(exemplars).toEqual(['ab'.repeat(16)]);
});

it('counts a request of HAProxy by path and termination state; a health check counts as a line only', async () => {
  let seconds = 0;
  const aggregator = makeHaproxyAggregator(NAMES, SAMPLING, {
    now: () => 0,
    elapsed: () => (seconds += 10) * 1_000,
    site: makeSiteCounter(),
  });
  aggregator.take(`{"line":"H1|7|0|http|web|web1|200|--|12|-|${TRACE}","`);
  aggregator.take('{"line":"H1|7|1|http|web|<NOSRV>|503|SC|2000|check|-","');
  aggregator.take('{"line":"H1|7|4|http|web|<NOSRV>|503|SC|2000|-|-","');
  const samples = await samplesOf(aggregator, 'haproxy');
  const requests = samples.filter(({ name }) => name === 'haproxy_log_requests_total');
  expect(requests.map(({ labels, value }) => [labels?.['server'], labels?.['termination'], value])).toEqual([
    ['web1', '--', 1],
    ['none', 'SC', 1],
  ]);
  expect(find(samples, 'haproxy_log_lines_total')?.value).toBe(3);
  expect(find(samples, 'haproxy_log_lines_lost_total')?.value).toBe(0);
  expect(find(await samplesOf(aggregator, 'haproxy'), 'haproxy_log_lines_lost_total')?.value).toBe(2);
});

it.each([
  'Proxy http stopped (cumulated conns: FE: 31, BE: 0).',
  '198.18.0.192:57578 [29/Nov/2026:01:19:16.970] https/1: SSL handshake failure (error:0A00010B:SSL routines::wrong version number)',
])('a message of HAProxy about itself does not count as a malformed line: %s', async (message) => {
  const aggregator = makeHaproxyAggregator(NAMES, SAMPLING, {
    now: () => 0,
    elapsed: () => 0,
    site: makeSiteCounter(),
  });
  aggregator.take(message);
  aggregator.take('{"line":"H0|of another release","');
  const samples = await samplesOf(aggregator, 'haproxy');
  const value = (name: string): number | undefined => find(samples, `haproxy_log_${name}_total`)?.value;
  expect([value('messages'), value('lines'), value('lines_malformed')]).toEqual([1, 1, 1]);
});

it('counts lost lines correctly when the system clock changes', async () => {
  let [time, elapsed] = [1_700_000_000_000, 0];
  const aggregator = makeHaproxyAggregator(NAMES, SAMPLING, {
    now: () => time,
    elapsed: () => elapsed,
    site: makeSiteCounter(),
  });
  const lost: (number | undefined)[] = [];
  for (const [sequence, stepMs] of [
    [0, 0],
    [3, -86_400_000],
    [4, 2 * 86_400_000],
    [7, -86_400_000],
    [8, 0],
  ] as const) {
    time += stepMs;
    elapsed += 6_000;
    aggregator.take(`{"line":"H1|7|${sequence}|http|web|web1|200|--|12|-|${TRACE}","`);
    lost.push(find(await samplesOf(aggregator, 'haproxy'), 'haproxy_log_lines_lost_total')?.value);
  }
  expect(lost).toEqual([0, 0, 2, 2, 4]);
});

it('the number of series is bounded for any input', async () => {
  const haproxy = makeHaproxyAggregator(NAMES, SAMPLING, { now: () => 0, elapsed: () => 0, site: makeSiteCounter() });
  const aggregator = makeNginxAggregator(SAMPLING, () => 0);
  fc.assert(
    fc.property(fc.tuple(fc.string(), fc.string(), anyBytes()), fc.nat(999), ([a, b, c], status) => {
      const code = String(status).padStart(3, '0');
      aggregator.take(nginx(`${a}|${b}|${code}|0.001|1|-|-|${c}`));
      haproxy.take(`{"line":"H1|${status}|${status}|${a}|${b}|${c}|${status}|${a}|1|-|${c}","`);
    }),
    { numRuns: 300 },
  );
  expect((await samplesOf(aggregator)).length).toBeLessThan(40);
  expect((await samplesOf(haproxy, 'haproxy')).length).toBeLessThan(40);
});
