import { randomInt, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { purge } from '../../deploy/tiers/edge/purge.ts';
import { addressOn, hostsOf, makeTopology, PORTS, type Host } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import type { FaultContext } from '../faults/fault.ts';
import { processKill } from '../faults/process-kill.ts';
import { toxiproxyDown } from '../faults/toxiproxy-down.ts';
import { toxiproxyLatency } from '../faults/toxiproxy-latency.ts';
import { toxiproxyReset } from '../faults/toxiproxy-reset.ts';
import { toxiproxyTimeout } from '../faults/toxiproxy-timeout.ts';
import { edgesReachOrigin } from '../guarantees/redundancy.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { fetchText } from '../probes/http.ts';
import { readSamples } from '../probes/metrics-text.ts';
import { waitForSteady } from '../runner/steady-state.ts';

const topology = makeTopology();
const world: FaultContext = { topology, hosts: openHosts() };
const options = { world, journal: openJournal(PATHS.journal), leaseMs: 120_000 };
const signal = new AbortController().signal;
const [edge] = hostsOf(topology, 'edge') as [Host];
const namesOf = (tier: 'web' | 'app'): readonly string[] => hostsOf(topology, tier).map(({ name }) => name);

interface Answer {
  readonly status: number;
  readonly cache: string | undefined;
  readonly tookMs: number;
}

function ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
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

/** How many requests of a route the application hosts have answered, with whatever status. */
async function answered(route: string): Promise<number> {
  const texts = await Promise.all(
    hostsOf(topology, 'app').map((host) => fetchText(`http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`)),
  );
  return texts
    .flatMap((text) => readSamples(text, 'http_request_duration_seconds_count'))
    .filter(({ labels }) => labels['route'] === route)
    .reduce((sum, { value }) => sum + value, 0);
}

afterAll(() => waitForSteady(world, { deadlineMs: 120_000, signal }));

describe('requests that arrive together', () => {
  it('for what cannot be cached are fetched side by side', async () => {
    await using late = await openFault(toxiproxyLatency({ dependency: 'origin', hosts: [edge.name] }, 300), options);
    expect(late.effect).toMatchObject({ seen: true });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/favicon.ico')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(204));
    const times = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    // The first one finds out that it cannot be cached; one after the other, the last would take twenty times as long.
    expect(times.at(-1)).toBeLessThan(5 * (times[0] ?? 0));
  });

  it('for a page that no database answers for fail within five seconds, each after at most two tries', async () => {
    const hosts = namesOf('app');
    await using reads = await openFault(toxiproxyTimeout({ dependency: 'db-read', hosts }, 0), options);
    await using writes = await openFault(toxiproxyTimeout({ dependency: 'db-write', hosts }, 0), options);
    expect([reads.effect, writes.effect]).toMatchObject([{ seen: true }, { seen: true }]);
    const before = await answered('/products/:id');
    const path = `/products/${randomInt(9_000, 9_999)}?seen-by=${randomUUID()}`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(path)));
    for (const { status, tookMs } of answers) {
      expect(status).toBe(503);
      expect(tookMs).toBeLessThan(5_000);
    }
    // Journeys of the prober ask for this route as well.
    expect((await answered('/products/:id')) - before).toBeLessThanOrEqual(16);
  });
});

it('a request whose responses never arrive reaches the application at most twice, whichever hop retries', async () => {
  await using reset = await openFault(toxiproxyReset({ dependency: 'app-pool', hosts: namesOf('web') }), options);
  expect(reset.effect).toMatchObject({ seen: true });
  for (let count = 0; count < 5; count += 1) {
    const before = await answered('other');
    const { status, tookMs } = await ask(`/nothing-${randomUUID()}`);
    expect(status).toBeGreaterThanOrEqual(500);
    expect(tookMs).toBeLessThan(5_000);
    expect((await answered('other')) - before).toBeLessThanOrEqual(2);
  }
});

it('a cached page is shown without an origin to browsers with cookies of others and to links of campaigns', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  const page = `/products/9001?seen-by=${randomUUID()}`;
  await waitFor(async () => (await ask(page)).cache === 'HIT', { what: `${page} in the cache`, deadlineMs: 30_000 });
  await using down = await openFault(toxiproxyDown({ dependency: 'origin', hosts: [edge.name] }), options);
  expect(down.effect).toMatchObject({ seen: true });
  await waitFor(async () => (await ask(`/products/1?not-cached=${randomUUID()}`)).status === 503, {
    what: 'an edge that knows that its origin is down',
    deadlineMs: 30_000,
  });
  const reach = await edgesReachOrigin.observe(world);
  expect(reach.seen).toBe(false);
  expect(reach.text).toContain(edge.name);
  const shown = [
    await ask(page),
    await ask(page, { cookie: '_ga=GA1.1.1; grafana_session=1' }),
    await ask(`${page}&utm_source=mail&gclid=1`),
  ];
  for (const { status, cache } of shown) {
    expect(status).toBe(200);
    expect(['HIT', 'STALE']).toContain(cache);
  }
  expect((await ask(page, { cookie: '_ga=1; hf_session=1' })).status).toBe(503);
});

it('a page is cached once for all names of the site, and a purge removes that copy from every edge', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  const path = `/products/77?seen-by=${randomUUID()}`;
  const answers: string[] = [];
  for (const host of ['shop.test', 'SHOP.test', 'shop.test:8081', addressOn(edge, 'front')]) {
    const { status, cache } = await ask(path, { host });
    answers.push(`${status} ${cache ?? ''}`);
  }
  expect(answers).toEqual(['200 MISS', '200 HIT', '200 HIT', '200 HIT']);
  expect((await ask(path, { host: 'other.test' })).status).toBe(421);
  const edges = hostsOf(topology, 'edge').map(({ name }) => ({ edge: name, ok: true }));
  expect(await purge(topology, path, { signal })).toEqual(edges);
  expect((await ask(path, { host: 'SHOP.test' })).cache).toBe('MISS');
});

it('an edge that starts accepts connections only when its cache can answer', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  const statuses: number[] = [];
  await world.hosts.kill(edge.name);
  await world.hosts.start(edge.name);
  await waitFor(
    async () => {
      statuses.push((await ask('/favicon.ico')).status);
      return statuses.length >= 20;
    },
    { what: `20 answers of ${edge.name}`, deadlineMs: 30_000, intervalMs: 10 },
  );
  expect(statuses).toEqual(Array(20).fill(204));
});

it('while Varnish is restarted, requests go past it, and none fails', async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  const page = `/products/1?seen-by=${randomUUID()}`;
  await using kill = await openFault(processKill(edge.name, 'varnish'), options);
  expect(kill.effect).toMatchObject({ seen: true });
  const answers: Answer[] = [];
  await waitFor(
    async () => {
      answers.push(await ask(page));
      return answers.at(-1)?.cache === 'HIT';
    },
    { what: 'a page from the cache again', deadlineMs: 30_000, intervalMs: 20 },
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  // Some came while there was no Varnish.
  expect(answers[0]?.cache).toBe('undefined');
});
