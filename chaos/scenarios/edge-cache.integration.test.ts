import type { StackContext } from '../../deploy/observe/observation.ts';
import { randomInt, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { purge } from '../../deploy/tiers/edge/purge.ts';
import { addressOn, hostsOf, makeTopology, PORTS, type Host } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { processKill } from '../faults/process-kill.ts';
import { toxiproxyDown } from '../faults/toxiproxy-down.ts';
import { toxiproxyLatency } from '../faults/toxiproxy-latency.ts';
import { toxiproxyReset } from '../faults/toxiproxy-reset.ts';
import { toxiproxyTimeout } from '../faults/toxiproxy-timeout.ts';
import { edgesReachOrigin } from '../../deploy/observe/redundancy.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { fetchText } from '../../deploy/observe/http.ts';
import { readSamples } from '../../deploy/observe/metrics-text.ts';
import { waitForSteady } from '../runner/steady-state.ts';

const topology = makeTopology();
const world: StackContext = { topology, hosts: openHosts() };
const options = { world, journal: openJournal(PATHS.journal), leaseMs: 120_000 };
const signal = new AbortController().signal;
const [edge] = hostsOf(topology, 'edge') as [Host];
const namesOf = (tier: 'web' | 'app'): readonly string[] => hostsOf(topology, tier).map(({ name }) => name);

interface Answer {
  readonly status: number;
  readonly cache: string | undefined;
  readonly tookMs: number;
}

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const at = { host: addressOn(edge, 'front'), port: PORTS.edge };
    request({ ...at, path, headers, agent: false }, (response) => {
      response.resume().once('end', () => {
        const cache = response.headers['x-cache'];
        resolve({ status: response.statusCode ?? 0, cache: String(cache), tookMs: performance.now() - begin });
      });
    })
      .once('error', reject)
      .end();
  });
}

/** Number of requests of a route that the application hosts have answered, with any status. */
async function countAnswered(route: string): Promise<number> {
  const texts = await Promise.all(
    hostsOf(topology, 'app').map((host) => fetchText(`http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`)),
  );
  return texts
    .flatMap((text) => readSamples(text, 'http_request_duration_seconds_count'))
    .filter(({ labels }) => labels['route'] === route)
    .reduce((sum, { value }) => sum + value, 0);
}

afterAll(() => waitForSteady(world, { deadlineMs: 120_000, signal }));

describe('concurrent requests', () => {
  it('for an uncacheable page are fetched in parallel', async () => {
    await using late = await openFault(toxiproxyLatency({ dependency: 'origin', hosts: [edge.name] }, 300), options);
    expect(late.effect).toMatchObject({ seen: true });
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/favicon.ico')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(204));
    const times = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    // The first request finds out that the page is uncacheable. In sequence, the last one would take twenty times as long.
    expect(times.at(-1)).toBeLessThan(5 * (times[0] ?? 0));
  });

  it('for a page without a database answer fail within five seconds, each after at most two attempts', async () => {
    const hosts = namesOf('app');
    await using reads = await openFault(toxiproxyTimeout({ dependency: 'db-read', hosts }, 0), options);
    await using writes = await openFault(toxiproxyTimeout({ dependency: 'db-write', hosts }, 0), options);
    expect([reads.effect, writes.effect]).toMatchObject([{ seen: true }, { seen: true }]);
    const before = await countAnswered('/products/:id');
    const path = `/products/${randomInt(9_000, 9_999)}?seen-by=${randomUUID()}`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => get(path)));
    for (const { status, tookMs } of answers) {
      expect(status).toBe(503);
      expect(tookMs).toBeLessThan(5_000);
    }
    // User journeys of the prober request this route, too.
    expect((await countAnswered('/products/:id')) - before).toBeLessThanOrEqual(16);
  });
});

it('a request whose responses never arrive reaches the application at most twice, whichever hop retries', async () => {
  await using reset = await openFault(toxiproxyReset({ dependency: 'app-pool', hosts: namesOf('web') }), options);
  expect(reset.effect).toMatchObject({ seen: true });
  for (let count = 0; count < 5; count += 1) {
    const before = await countAnswered('other');
    const { status, tookMs } = await get(`/nothing-${randomUUID()}`);
    expect(status).toBeGreaterThanOrEqual(500);
    expect(tookMs).toBeLessThan(5_000);
    expect((await countAnswered('other')) - before).toBeLessThanOrEqual(2);
  }
});

it('without an origin, a cached page is served to requests with unrelated cookies or campaign parameters', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  const page = `/products/9001?seen-by=${randomUUID()}`;
  await waitFor(async () => (await get(page)).cache === 'HIT', { what: `${page} in the cache`, deadlineMs: 30_000 });
  await using down = await openFault(toxiproxyDown({ dependency: 'origin', hosts: [edge.name] }), options);
  expect(down.effect).toMatchObject({ seen: true });
  await waitFor(async () => (await get(`/products/1?not-cached=${randomUUID()}`)).status === 503, {
    what: 'an edge that has marked its origin down',
    deadlineMs: 30_000,
  });
  const reach = await edgesReachOrigin.observe(world);
  expect(reach.seen).toBe(false);
  expect(reach.text).toContain(edge.name);
  const shown = [
    await get(page),
    await get(page, { cookie: '_ga=GA1.1.1; grafana_session=1' }),
    await get(`${page}&utm_source=mail&gclid=1`),
  ];
  for (const { status, cache } of shown) {
    expect(status).toBe(200);
    expect(['HIT', 'STALE']).toContain(cache);
  }
  expect((await get(page, { cookie: '_ga=1; hf_session=1' })).status).toBe(503);
});

it('a page is cached once for all names of the site, and a purge removes that copy from every edge', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  const path = `/products/77?seen-by=${randomUUID()}`;
  const answers: string[] = [];
  for (const host of ['shop.test', 'SHOP.test', 'shop.test:8081', addressOn(edge, 'front')]) {
    const { status, cache } = await get(path, { host });
    answers.push(`${status} ${cache ?? ''}`);
  }
  expect(answers).toEqual(['200 MISS', '200 HIT', '200 HIT', '200 HIT']);
  expect((await get(path, { host: 'other.test' })).status).toBe(421);
  const edges = hostsOf(topology, 'edge').map(({ name }) => ({ edge: name, ok: true }));
  expect(await purge(topology, path, { signal })).toEqual(edges);
  expect((await get(path, { host: 'SHOP.test' })).cache).toBe('MISS');
});

it('an edge that starts accepts connections only when its cache can answer', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  const statuses: number[] = [];
  await world.hosts.kill(edge.name);
  await world.hosts.start(edge.name);
  await waitFor(
    async () => {
      statuses.push((await get('/favicon.ico')).status);
      return statuses.length >= 20;
    },
    { what: `20 answers of ${edge.name}`, deadlineMs: 30_000, intervalMs: 10 },
  );
  expect(statuses).toEqual(Array(20).fill(204));
});

it('while Varnish restarts, requests bypass it, and none fails', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  const page = `/products/1?seen-by=${randomUUID()}`;
  await using kill = await openFault(processKill(edge.name, 'varnish'), options);
  expect(kill.effect).toMatchObject({ seen: true });
  const answers: Answer[] = [];
  await waitFor(
    async () => {
      answers.push(await get(page));
      return answers.at(-1)?.cache === 'HIT';
    },
    { what: 'a page from the cache again', deadlineMs: 30_000, intervalMs: 20 },
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  // The first response came while Varnish was down.
  expect(answers[0]?.cache).toBe('undefined');
});
