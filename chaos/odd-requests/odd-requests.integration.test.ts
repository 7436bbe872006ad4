import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIENT_LIMITS } from '../../deploy/model/request-limits.ts';
import { OTHER_ROUTE } from '../../deploy/model/route-classes.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Host } from '../../deploy/model/topology.ts';
import { PATHS } from '../../kit/paths.ts';
import { fetchText } from '../../deploy/observe/http.ts';
import { readSamples } from '../../deploy/observe/metrics-text.ts';
import { HTTP1_REQUESTS, HTTP2_REQUESTS, INCOMPLETE_REQUESTS } from './all-odd-requests.ts';
import type { OddRequest } from './odd-request.ts';
import type { Entry } from './open-entry.ts';
import { findUnexpected, reachesOf, RequestPacer } from './run-requests.ts';

const topology = makeTopology();
const [edge] = hostsOf(topology, 'edge') as [Host];
const ENTRIES: readonly Entry[] = [
  { name: 'edge', host: addressOn(edge, 'front'), port: PORTS.edge },
  { name: 'http', ...routeAddress(topology, 'http') },
  {
    name: 'https',
    ...routeAddress(topology, 'https'),
    authority: await readFile(join(PATHS.secrets, 'ca-cert'), 'utf8'),
  },
];

const GROUPS: readonly (readonly [name: string, requests: readonly OddRequest[]])[] = [
  ...Object.entries(HTTP1_REQUESTS),
  ...Object.entries(HTTP2_REQUESTS).map(([name, requests]) => [`HTTP/2 ${name}`, requests] as const),
];

/** This machine is a single client of all entries, so its requests count together. */
const pacer = new RequestPacer(0.85 * CLIENT_LIMITS.requestsPerSecond);

/** Number of requests for missing pages that the application has answered since its start. Only this test sends such requests. */
async function countSeen(): Promise<number> {
  const pages = await Promise.all(
    hostsOf(topology, 'app').map((host) => fetchText(`http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`)),
  );
  return pages
    .flatMap((page) => readSamples(page, 'http_request_duration_seconds_count'))
    .filter(({ labels }) => labels['route'] === OTHER_ROUTE)
    .reduce((sum, { value }) => sum + value, 0);
}

/** Compares the number of requests that reach the application during `act` with the expected one. A last request proves that they are counted. */
async function expectSeen(expected: number, act: () => Promise<unknown>): Promise<void> {
  const before = await countSeen();
  await act();
  const { host, port } = routeAddress(topology, 'http');
  const { path } = await pacer.take(1);
  expect((await fetch(`http://${host}:${port}${path}`)).status).toBe(404);
  await expect
    .poll(async () => (await countSeen()) - before, { timeout: 3_000, interval: 50 })
    .toBeGreaterThanOrEqual(expected + 1);
  expect((await countSeen()) - before).toBe(expected + 1);
}

describe.each(ENTRIES)('$name', (entry) => {
  it.each(GROUPS)(
    'answers each of the odd %s as expected, and only the expected ones reach the application',
    async (_name, requests) => {
      await expectSeen(reachesOf(entry, requests), async () => {
        expect(await findUnexpected(entry, requests, pacer)).toEqual([]);
      });
    },
  );
});

it('incomplete requests end at every entry, and none reaches the application', async () => {
  await expectSeen(0, async () => {
    const found = await Promise.all(
      ENTRIES.map(async (entry) => [entry.name, await findUnexpected(entry, INCOMPLETE_REQUESTS, pacer)]),
    );
    expect(Object.fromEntries(found)).toEqual({ edge: [], http: [], https: [] });
  });
});
