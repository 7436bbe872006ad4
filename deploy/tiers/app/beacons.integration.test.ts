import { expect, it } from 'vitest';
import { waitFor } from '../../../kit/deadline.ts';
import { openBrowser } from '../../images/browser/open-browser.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress } from '../../model/topology.ts';

const topology = makeTopology();
const front = routeAddress(topology, 'http');
const shop = `http://${front.host}:${front.port}`;

/** The sum of a series, given with its labels, over all application hosts. */
async function countOf(series: string): Promise<number> {
  const values = await Promise.all(
    hostsOf(topology, 'app').map(async (host) => {
      const url = `http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`;
      const text = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1] ?? 0,
      );
    }),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

async function sendBeacon(body: string): Promise<number> {
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(`${shop}/api/beacons`, { method: 'POST', body, signal });
  await response.arrayBuffer();
  return response.status;
}

const VIEW = JSON.stringify({ route: '/login', events: [{ kind: 'view' }] });

/** Runs `act` and waits until each series has increased. */
async function expectMore(series: readonly string[], act: () => Promise<void>): Promise<void> {
  const before = await Promise.all(series.map(countOf));
  await act();
  for (const [index, name] of series.entries()) {
    await waitFor(async () => (await countOf(name)) > (before[index] ?? 0), { what: name, deadlineMs: 10_000 });
  }
}

it('counts page views and errors, and web vitals once the visitor clicks and leaves the page', async () => {
  await using browser = await openBrowser('front');
  const page = '{route="/products/:id"}';
  await expectMore([`page_views_total${page}`, `web_vitals_ttfb_seconds_count${page}`], async () => {
    await browser.open(`${shop}/products/1`);
  });
  const atEnd = ['lcp_seconds', 'fcp_seconds', 'cls', 'inp_seconds'].map((name) => `web_vitals_${name}_count${page}`);
  const atNext = ['page_views_total{route="/products"}', 'page_route_changes_total{route="/products"}'];
  await expectMore([`page_errors_total${page}`, ...atEnd, ...atNext], async () => {
    // Visitors click only after the first paint.
    await browser.waitFor('performance.getEntriesByName("first-contentful-paint").length === 1');
    await browser.evaluate('setTimeout(() => { throw new Error("of a test"); })');
    // A click that leaves the page may not be measured, so click the heading first.
    await browser.click('h1');
    await browser.waitFor('performance.getEntriesByType("first-input").length === 1');
    await browser.click('nav a[href="/products"]');
  });
});

it('every tier passes a beacon, and oversized or malformed beacons are rejected', async () => {
  expect(await sendBeacon(VIEW)).toBe(204);
  expect(await sendBeacon(VIEW + ' '.repeat(5_000))).toBe(413);
  expect(await sendBeacon('[')).toBe(400);
});

it('rejects excess beacons, and the shop serves pages meanwhile', async () => {
  const refused = 'beacons_refused_total{reason="too-many"}';
  const before = await countOf(refused);
  const flood = new AbortController();
  const statuses = new Set<number>();
  const senders = Array.from({ length: 64 }, async () => {
    while (!flood.signal.aborted) statuses.add(await sendBeacon(VIEW));
  });
  try {
    await waitFor(() => Promise.resolve(statuses.has(429)), { what: 'a refused beacon', deadlineMs: 30_000 });
    for (const path of ['/', '/products/2', '/login']) {
      const page = await fetch(`${shop}${path}`, { signal: AbortSignal.timeout(5_000) });
      expect([page.status, (await page.text()).includes('</html>')]).toEqual([200, true]);
    }
  } finally {
    flood.abort();
    await Promise.all(senders);
  }
  expect([...statuses].toSorted()).toEqual([204, 429]);
  expect(await countOf(refused)).toBeGreaterThan(before);
  await waitFor(async () => (await sendBeacon(VIEW)) === 204, { what: 'a beacon counted again', deadlineMs: 10_000 });
});
