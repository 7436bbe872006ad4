import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Host } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { toxiproxyDown } from '../faults/toxiproxy-down.ts';
import { toxiproxyLatency } from '../faults/toxiproxy-latency.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { waitForSteady } from '../runner/steady-state.ts';

const topology = makeTopology();
const world = { topology, hosts: openHosts() };
const journal = openJournal(PATHS.journal);
const edges = hostsOf(topology, 'edge');
const [cutOff, slow] = edges as [Host, Host];
const front = routeAddress(topology, 'http');
const LEASE_MS = 180_000;
/** Far above the timeout of the edges' health checks, so that they mark the origin down. */
const LATENCY_MS = 2_000;

/** Only this test requests this page, so every cached copy was fetched by it. */
const PAGE = `/products/9001?seen-by=${randomUUID()}`;

interface Answer {
  readonly status: number;
  readonly cache: string | null;
  readonly servedBy: string | null;
  /** Trace ID of the request that fetched the page from the origin: responses with the same ID come from one cached object. */
  readonly fetch: string | null;
  readonly retryAfter: string | null;
  readonly cacheControl: string;
  readonly isWhole: boolean;
}

async function get(edge: Host, path: string): Promise<Answer> {
  const url = `http://${addressOn(edge, 'front')}:${PORTS.edge}${path}`;
  const { status, headers, text } = await fetch(url, { signal: AbortSignal.timeout(3_000) }).then(async (response) => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  }));
  return {
    status,
    cache: headers.get('x-cache'),
    servedBy: headers.get('x-served-by'),
    fetch: headers.get('x-trace-id'),
    retryAfter: headers.get('retry-after'),
    cacheControl: headers.get('cache-control') ?? '',
    isWhole: text.includes('</html>'),
  };
}

/** Milliseconds that a directive of Cache-Control allows. */
function allowedMs({ cacheControl }: Answer, directive: string): number {
  const seconds = new RegExp(`${directive}=(\\d+)`).exec(cacheControl)?.[1];
  if (seconds === undefined) throw new Error(`${cacheControl} has no ${directive}`);
  return Number(seconds) * 1_000;
}

/** Requests the page from every edge until all have cached it. */
async function cacheEverywhere(): Promise<void> {
  await Promise.all(
    edges.map((edge) =>
      waitFor(async () => (await get(edge, PAGE)).cache === 'HIT', {
        what: `${PAGE} in the cache of ${edge.name}`,
        deadlineMs: 30_000,
      }),
    ),
  );
}

/** The response of an edge for a page that it has not cached, once it has marked its origin down. */
function waitForOriginDown(edge: Host): Promise<Answer> {
  return waitFor(
    async () => {
      const answer = await get(edge, `/products/1?not-kept=${randomUUID()}`);
      return answer.status === 503 && answer;
    },
    { what: `${edge.name} without its origin`, deadlineMs: 30_000, intervalMs: 500 },
  );
}

afterAll(async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal });
});

it('an edge whose origin is down or too slow serves cached pages, marks them as stale, and refreshes them afterwards', async () => {
  const signal = new AbortController().signal;
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  await cacheEverywhere();
  const options = { world, journal, leaseMs: LEASE_MS };
  const seen: Answer[][] = edges.map(() => []);
  {
    await using down = await openFault(toxiproxyDown({ dependency: 'origin', hosts: [cutOff.name] }), options);
    const late = toxiproxyLatency({ dependency: 'origin', hosts: [slow.name] }, LATENCY_MS);
    await using latency = await openFault(late, options);
    expect([down.effect, latency.effect]).toMatchObject([{ seen: true }, { seen: true }]);
    // The origin itself is healthy: only the edges cannot reach it.
    expect((await fetch(`http://${front.host}:${front.port}${PAGE}`)).status).toBe(200);
    for (const edge of edges) {
      expect(await waitForOriginDown(edge)).toMatchObject({ servedBy: edge.name, retryAfter: '1' });
    }
    const first = await Promise.all(edges.map((edge) => get(edge, PAGE)));
    // Until the page may no longer be served stale during a refresh. After that, it is only served because the origin fails.
    const allowed = first.map((one) => allowedMs(one, 's-maxage') + allowedMs(one, 'stale-while-revalidate'));
    const until = Date.now() + Math.max(...allowed);
    await waitFor(
      async () => {
        const hasExpired = Date.now() > until;
        const answers = await Promise.all(edges.map((edge) => get(edge, PAGE)));
        for (const [index, answer] of answers.entries()) seen[index]?.push(answer);
        return hasExpired;
      },
      { what: 'expired pages', deadlineMs: until - Date.now() + 30_000, intervalMs: 500 },
    );
  }
  for (const [index, answers] of seen.entries()) {
    const servedBy = edges[index]?.name;
    const good = { status: 200, isWhole: true, servedBy, fetch: answers[0]?.fetch };
    for (const answer of answers) expect(answer).toMatchObject(good);
    // HIT for the lifetime set by the origin, then STALE, and no other state.
    const steps = answers.map(({ cache }) => cache).filter((cache, at, all) => cache !== all[at - 1]);
    expect(steps.filter((cache) => cache !== 'HIT')).toEqual(['STALE']);
    expect(answers.at(-1)?.cache).toBe('STALE');
  }

  const fresh = await waitFor(
    async () => {
      const answers = await Promise.all(edges.map((edge) => get(edge, PAGE)));
      return answers.every(({ cache }) => cache === 'HIT') && answers;
    },
    { what: 'every edge with a fresh page', deadlineMs: 30_000 },
  );
  for (const [index, answer] of fresh.entries()) {
    expect(answer).toMatchObject({ status: 200, isWhole: true, servedBy: edges[index]?.name });
    expect(answer.fetch).not.toBe(seen[index]?.[0]?.fetch);
  }
});
