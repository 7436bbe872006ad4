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
/** Far longer than the edges' checks wait: an origin that answers so late is none. */
const LATENCY_MS = 2_000;

/** Nobody else asks for it, so what an edge has of it is what this test made it fetch. */
const PAGE = `/products/9001?seen-by=${randomUUID()}`;

interface Answer {
  readonly status: number;
  readonly cache: string | null;
  readonly servedBy: string | null;
  /** The trace of the request that fetched it from the origin: two answers that share it are one object. */
  readonly fetch: string | null;
  readonly retryAfter: string | null;
  readonly caching: string;
  readonly isWhole: boolean;
}

async function ask(edge: Host, path: string): Promise<Answer> {
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
    caching: headers.get('cache-control') ?? '',
    isWhole: text.includes('</html>'),
  };
}

/** Milliseconds that a directive of Cache-Control allows. */
function allowedMs({ caching }: Answer, directive: string): number {
  const seconds = new RegExp(`${directive}=(\\d+)`).exec(caching)?.[1];
  if (seconds === undefined) throw new Error(`${caching} has no ${directive}`);
  return Number(seconds) * 1_000;
}

/** Asks every edge for the page until each has it. */
async function keepEverywhere(): Promise<void> {
  await Promise.all(
    edges.map((edge) =>
      waitFor(async () => (await ask(edge, PAGE)).cache === 'HIT', {
        what: `${edge.name} keeps ${PAGE}`,
        deadlineMs: 30_000,
      }),
    ),
  );
}

/** What an edge says of something that it never had, once it knows that there is no origin. */
function withoutOrigin(edge: Host): Promise<Answer> {
  return waitFor(
    async () => {
      const answer = await ask(edge, `/products/1?not-kept=${randomUUID()}`);
      return answer.status === 503 && answer;
    },
    { what: `${edge.name} without its origin`, deadlineMs: 30_000, intervalMs: 500 },
  );
}

afterAll(async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal });
});

it('an edge whose origin is gone or far too slow shows what it has, says that it is stale, and gets it anew afterwards', async () => {
  const signal = new AbortController().signal;
  await waitForSteady(world, { deadlineMs: 120_000, signal });
  await keepEverywhere();
  const options = { world, journal, leaseMs: LEASE_MS };
  const seen: Answer[][] = edges.map(() => []);
  {
    await using down = await openFault(toxiproxyDown({ dependency: 'origin', hosts: [cutOff.name] }), options);
    const late = toxiproxyLatency({ dependency: 'origin', hosts: [slow.name] }, LATENCY_MS);
    await using latency = await openFault(late, options);
    expect([down.effect, latency.effect]).toMatchObject([{ seen: true }, { seen: true }]);
    // The origin itself is well: what the edges show is for want of a way to it.
    expect((await fetch(`http://${front.host}:${front.port}${PAGE}`)).status).toBe(200);
    for (const edge of edges) {
      expect(await withoutOrigin(edge)).toMatchObject({ servedBy: edge.name, retryAfter: '1' });
    }
    const first = await Promise.all(edges.map((edge) => ask(edge, PAGE)));
    // Longer than the page may be shown while it is fetched anew: then nothing is left but that there is nothing better.
    const allowed = first.map((one) => allowedMs(one, 's-maxage') + allowedMs(one, 'stale-while-revalidate'));
    const until = Date.now() + Math.max(...allowed);
    await waitFor(
      async () => {
        const isOver = Date.now() > until;
        const answers = await Promise.all(edges.map((edge) => ask(edge, PAGE)));
        for (const [index, answer] of answers.entries()) seen[index]?.push(answer);
        return isOver;
      },
      { what: 'pages after their time', deadlineMs: until - Date.now() + 30_000, intervalMs: 500 },
    );
  }
  for (const [index, answers] of seen.entries()) {
    const servedBy = edges[index]?.name;
    const good = { status: 200, isWhole: true, servedBy, fetch: answers[0]?.fetch };
    for (const answer of answers) expect(answer).toMatchObject(good);
    // Fresh for as long as the origin said, stale from then on, and nothing else in between.
    const steps = answers.map(({ cache }) => cache).filter((cache, at, all) => cache !== all[at - 1]);
    expect(steps.filter((cache) => cache !== 'HIT')).toEqual(['STALE']);
    expect(answers.at(-1)?.cache).toBe('STALE');
  }

  const fresh = await waitFor(
    async () => {
      const answers = await Promise.all(edges.map((edge) => ask(edge, PAGE)));
      return answers.every(({ cache }) => cache === 'HIT') && answers;
    },
    { what: 'every edge with a fresh page', deadlineMs: 30_000 },
  );
  for (const [index, answer] of fresh.entries()) {
    expect(answer).toMatchObject({ status: 200, isWhole: true, servedBy: edges[index]?.name });
    expect(answer.fetch).not.toBe(seen[index]?.[0]?.fetch);
  }
});
