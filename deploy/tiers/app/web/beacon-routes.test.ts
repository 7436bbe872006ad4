import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { makeMetrics, type Metrics } from '../telemetry/metrics.ts';
import { BEACON_BURST, BEACON_LIMIT_BYTES } from './beacon-routes.ts';
import { makeServer } from './make-server.ts';
import type { ShopServices } from './shop-services.ts';

const VIEW = JSON.stringify({ route: '/products/:id', events: [{ kind: 'view' }] });
const TEXT = 'text/plain;charset=UTF-8';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** The whole server without database and cache, which beacons do not need. */
function serve() {
  const metrics = makeMetrics('test');
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const services = { metrics, asset: (name: string) => name } as unknown as ShopServices;
  const app = makeServer({ services, phase: { current: 'ready' }, version: 'abc', log, endTrace: () => undefined });
  opened.push(() => app.close());
  const send = (payload: string, type = TEXT) =>
    app.inject({ method: 'POST', url: '/api/beacons', payload, headers: { 'content-type': type } });
  return { metrics, lines, send };
}

async function nonZeroSeries(metrics: Metrics): Promise<readonly string[]> {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => /^(page_|beacons_|web_vitals_)/.test(line) && !/ 0(\.0)?$/.test(line));
}

it.each([TEXT, 'application/json'])('a beacon sent as %s is counted and gets an empty response', async (type) => {
  const { metrics, send } = serve();
  const answer = await send(VIEW, type);
  expect([answer.statusCode, answer.body, answer.headers['cache-control']]).toEqual([204, '', 'no-store']);
  expect(await nonZeroSeries(metrics)).toEqual(['page_views_total{route="/products/:id"} 1']);
});

it('a vital is observed in its histogram, whose thresholds are bucket bounds', async () => {
  const { metrics, send } = serve();
  const events = [0.05, 2.5, 2.6].map((value) => ({ kind: 'vital', name: 'lcp', value }));
  expect((await send(JSON.stringify({ route: '/', events }))).statusCode).toBe(204);
  const lines = await nonZeroSeries(metrics);
  expect(lines).toContain('web_vitals_lcp_seconds_bucket{le="2.5",route="/"} 2');
  expect(lines).toContain('web_vitals_lcp_seconds_count{route="/"} 3');
});

it.each([
  {
    what: 'an oversized beacon',
    payload: VIEW + ' '.repeat(BEACON_LIMIT_BYTES),
    type: TEXT,
    status: 413,
    reason: 'too-large',
  },
  { what: 'a form', payload: 'a=b', type: 'application/x-www-form-urlencoded', status: 415, reason: 'media-type' },
  { what: 'an empty beacon', payload: '', type: TEXT, status: 400, reason: 'malformed' },
  { what: 'invalid JSON', payload: '{"__proto__":1', type: 'application/json', status: 400, reason: 'malformed' },
  {
    what: 'a beacon of an unknown page',
    payload: VIEW.replace(':id', '17'),
    type: TEXT,
    status: 400,
    reason: 'unknown-route',
  },
])('$what is rejected with $status and counted as $reason', async ({ payload, type, status, reason }) => {
  const { metrics, lines, send } = serve();
  const answer = await send(payload, type);
  expect([answer.statusCode, answer.body]).toEqual([status, '']);
  expect(await nonZeroSeries(metrics)).toEqual([`beacons_refused_total{reason="${reason}"} 1`]);
  expect(lines).toEqual([]);
});

it('excess beacons are rejected before their body is read, and create no additional series', async () => {
  const { metrics, send } = serve();
  const answers = await Promise.all(Array.from({ length: 3 * BEACON_BURST }, () => send('flood')));
  const statuses = Map.groupBy(answers, ({ statusCode }) => statusCode);
  expect([...statuses.keys()].toSorted()).toEqual([400, 429]);
  expect(statuses.get(400)?.length).toBeGreaterThanOrEqual(BEACON_BURST);
  expect(await nonZeroSeries(metrics)).toEqual([
    `beacons_refused_total{reason="too-many"} ${statuses.get(429)?.length ?? 0}`,
    `beacons_refused_total{reason="malformed"} ${statuses.get(400)?.length ?? 0}`,
  ]);
});
