import type { StackContext } from '../../deploy/observe/observation.ts';
import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { decideSampling } from '../../deploy/tiers/app/telemetry/decide-sampling.ts';
import { openBrowser } from '../../deploy/images/browser/open-browser.ts';
import { addressOn, hostsOf, makeTopology, PORTS, publishedUrl, routeAddress } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { containerName, openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import { toxiproxyTimeout } from '../faults/toxiproxy-timeout.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { openPrometheus } from '../../kit/prometheus.ts';
import { waitForSteady } from '../runner/steady-state.ts';

const topology = makeTopology();
const world: StackContext = { topology, hosts: openHosts() };
const journal = openJournal(PATHS.journal);
const apps = hostsOf(topology, 'app').map(({ name }) => name);
const front = routeAddress(topology, 'http');
const site = `http://${front.host}:${front.port}`;
const [traceHost] = hostsOf(topology, 'trace');
if (traceHost === undefined) throw new Error('no host for traces');
const store = `http://${addressOn(traceHost, 'ops')}:${PORTS.zipkin}`;
const traceLogs = `http://${addressOn(traceHost, 'ops')}:${PORTS.traceLogsPage}`;

const spansSchema = z.array(
  z.object({
    id: z.string(),
    parentId: z.string().optional(),
    kind: z.string().optional(),
    name: z.string(),
    tags: z.record(z.string(), z.string()).default({}),
  }),
);
type Span = z.infer<typeof spansSchema>[number];

/** The spans of a trace in Zipkin. Waits until the trace is stored. */
async function findTrace(traceId: string): Promise<readonly Span[]> {
  return await waitFor(
    async () => {
      const response = await fetch(`${store}/api/v2/trace/${traceId}`, { signal: AbortSignal.timeout(2_000) });
      return response.status === 200 ? spansSchema.parse(await response.json()) : undefined;
    },
    { what: `the trace ${traceId}`, deadlineMs: 15_000, intervalMs: 200 },
  );
}

const linesSchema = z.array(
  z.object({ host: z.string(), service: z.string(), fields: z.record(z.string(), z.string()) }),
);

/** The lines of a trace in the trace log store. Waits until there are lines of every tier. */
async function findLines(traceId: string): Promise<z.infer<typeof linesSchema>> {
  return await waitFor(
    async () => {
      const response = await fetch(`${traceLogs}/api/logs/${traceId}`, { signal: AbortSignal.timeout(2_000) });
      const lines = response.status === 200 ? linesSchema.parse(await response.json()) : [];
      return new Set(lines.map(({ service }) => service)).size === 3 ? lines : undefined;
    },
    { what: `log lines of the trace ${traceId}`, deadlineMs: 10_000 },
  );
}

interface SentRequest {
  /** Trace ID that the first hop assigned. */
  readonly traceId: string;
  /** Trace ID that the client sent. */
  readonly ownId: string;
  readonly status: number;
}

/** Keeps the rate below the limit of one client address. */
const REQUEST_INTERVAL_MS = 12;

/** Requests a product that is not cached. */
async function sendRequest(): Promise<SentRequest> {
  await sleep(REQUEST_INTERVAL_MS);
  const ownId = randomBytes(16).toString('hex');
  const response = await fetch(`${site}/api/products/${randomInt(1_000_000, 2_000_000_000)}`, {
    headers: { traceparent: `00-${ownId}-${randomBytes(8).toString('hex')}-01` },
    signal: AbortSignal.timeout(10_000),
  });
  await response.text();
  return { traceId: response.headers.get('x-trace-id') ?? '', ownId, status: response.status };
}

/** Whether an ordinary request is in the share of sampled traces. */
function isSampled({ traceId }: SentRequest): boolean {
  const outcome = { traceId, failed: false, retried: false, durationMs: 0 };
  return decideSampling(outcome, topology.profile.traces) !== undefined;
}

/**
 * Sends requests until one fails, so that this one uses a database session when the fault starts. Otherwise the request of another client would
 * fail a moment later, and no session would be left. Stops after one failure: the next one would replace it as the exemplar.
 */
async function sendUntilOneFails(): Promise<SentRequest> {
  for (let count = 0; count < MAX_REQUESTS; count += 1) {
    const sent = await sendRequest();
    if (sent.status >= 500) return sent;
  }
  throw new Error(`none of ${MAX_REQUESTS} requests failed`);
}

async function logOf(host: string): Promise<string> {
  const { stdout } = await execa('docker', ['logs', '--since', '2m', containerName(host)], { stdin: 'ignore' });
  return stdout;
}

const MAX_REQUESTS = 2_000;

/** The trace of the request that failed. */
let failed: string | undefined;

afterAll(async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal });
});

it('a failed request is one trace from the load balancer to the database, and its log line has the trace ID', async () => {
  const options = { world, journal, leaseMs: 120_000 };
  await using reads = await openFault(toxiproxyTimeout({ dependency: 'db-read', hosts: apps }, 0), options);
  // Reads now use the route for writes, so that each application host has a session there, even on a stack that has just started.
  for (let count = 0; count < 4 * apps.length; count += 1) expect((await sendRequest()).status).toBeLessThan(500);
  const sending = sendUntilOneFails();
  // If the fault cannot be injected, the test must fail with that error.
  sending.catch(() => undefined);
  await using writes = await openFault(toxiproxyTimeout({ dependency: 'db-write', hosts: apps }, 0), options);
  expect([reads.effect, writes.effect]).toMatchObject([{ seen: true }, { seen: true }]);

  const sent = await sending;
  expect(sent).toMatchObject({ status: 503, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
  expect(sent.traceId).not.toBe(sent.ownId);

  failed = sent.traceId;
  const spans = await findTrace(sent.traceId);
  const root = spans.find(({ kind }) => kind === 'SERVER');
  expect(root).toMatchObject({
    // Zipkin converts names to lower case.
    name: 'get /api/products/:id',
    tags: {
      'http.response.status_code': '503',
      'error.type': 'Unavailable',
      'holdfast.kept': 'error',
      'client.trace_id': sent.ownId,
    },
  });
  const own = spans.filter(({ parentId }) => parentId === root?.id);
  expect(own).toHaveLength(spans.length - 1);
  const ofCache = own.filter(({ tags }) => tags['db.system.name'] === 'redis');
  const ofDatabase = own.filter(({ tags }) => tags['db.system.name'] === 'mysql');
  expect(ofCache.map(({ name }) => name)).toContain('get');
  expect(ofDatabase.map(({ tags }) => tags['error.type'])).toContain('STATEMENT_TIMEOUT');
  expect(own.map(({ name }) => name)).toContain('wait for db-read');
  // Statements have no values; only the path has the product ID.
  expect(ofDatabase.every(({ tags }) => /\?/.test(tags['db.query.text'] ?? '?'))).toBe(true);

  const host = root?.tags['host.name'] ?? '';
  expect(apps).toContain(host);
  const lines = (await logOf(host)).split('\n').filter((line) => line.includes(sent.traceId));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'error', msg: 'request failed', trace_id: sent.traceId, span_id: root?.id },
  ]);
});

/** Number of spans that the store did not accept, for all application hosts. */
async function spansLost(): Promise<number> {
  const texts = await Promise.all(
    hostsOf(topology, 'app').map(async (host) => {
      const response = await fetch(`http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`);
      return await response.text();
    }),
  );
  const values = texts.map((text) => /^trace_spans_dropped_total\{reason="store-failed"\} (\d+)/m.exec(text)?.[1]);
  return values.reduce((sum, value) => sum + Number(value ?? 0), 0);
}

/** The trace IDs of the exemplars of a query, the slowest first. */
async function exemplarsOf(query: string): Promise<readonly string[]> {
  const [monitor] = hostsOf(topology, 'monitor');
  const base = monitor === undefined ? '' : `http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}`;
  const now = Date.now();
  const exemplars = await openPrometheus(base).exemplars(query, { startMs: now - 300_000, endMs: now });
  return exemplars.toSorted((a, b) => b.value - a.value).flatMap(({ labels }) => labels['trace_id'] ?? []);
}

/** An expression that clicks the row of a span: the only element without child elements whose text ends with its name. */
function renderClick(span: string): string {
  const isRow = `(element) => element.children.length === 0 && element.textContent.endsWith(${JSON.stringify(`: ${span}`)})`;
  return `[...document.querySelectorAll('main *')].find(${isRow}).click()`;
}

it('the graph links to that trace, its page shows the statement, and its link leads to the log lines of every tier', async () => {
  expect(failed).toBeDefined();
  const traceId = await waitFor(
    async () =>
      (await exemplarsOf('http_request_duration_seconds_bucket{job="app"}')).find((exemplar) => exemplar === failed),
    { what: `an exemplar that leads to ${failed}`, deadlineMs: 30_000 },
  );

  await using page = await openBrowser();
  const shows = (text: string): string =>
    `document.body.innerText.toLowerCase().includes(${JSON.stringify(text.toLowerCase())})`;
  // The link in an alert mail (agents/notifier/links.ts).
  const [startTs, endTs] = [Date.now() - 120_000, Date.now()].map(String) as [string, string];
  const failures = new URLSearchParams({ annotationQuery: 'error', lookback: 'range', startTs, endTs, limit: '50' });
  await page.open(`${store}/zipkin/?${failures.toString()}`);
  await page.waitFor(shows('get /api/products/:id'));
  await page.screenshot(join(PATHS.screenshots, 'failed-requests.png'));
  await page.open(`${store}/zipkin/traces/${traceId}`);
  for (const text of ['GET /api/products/:id', 'shop', 'wait for db-read', traceId]) await page.waitFor(shows(text));
  await page.screenshot(join(PATHS.screenshots, 'trace.png'));
  const statement = (await findTrace(traceId)).find(({ tags }) => tags['error.type'] === 'STATEMENT_TIMEOUT');
  await page.evaluate(renderClick(statement?.name ?? ''));
  for (const text of ['db.query.text', statement?.tags['db.query.text'] ?? '-', 'STATEMENT_TIMEOUT'])
    await page.waitFor(shows(text));
  await page.screenshot(join(PATHS.screenshots, 'trace-statement.png'));

  // The link is for browsers on this machine. This browser is inside the network `ops`, so it cannot follow the link.
  const link = `${publishedUrl(traceHost, PORTS.traceLogsPage) ?? ''}/logs/${traceId}`;
  await page.waitFor(`document.querySelector('a[href=${JSON.stringify(link)}]')?.textContent === 'View Logs'`);
  const lines = await findLines(traceId);
  expect([...new Set(lines.map(({ service }) => service))].toSorted()).toEqual(['HAProxy', 'Nginx', 'application']);
  for (const { fields } of lines) expect(fields['trace_id']).toBe(traceId);
  expect(lines.find(({ service }) => service === 'application')?.fields['msg']).toBe('request failed');
  await page.open(`${traceLogs}/logs/${traceId}`);
  for (const { host, service } of lines) await page.waitFor(shows(`${host} ${service}`));
  for (const text of ['request failed', '503', traceId]) await page.waitFor(shows(text));
  await page.screenshot(join(PATHS.screenshots, 'logs.png'));
  const back = await page.evaluate(`document.querySelector('a').getAttribute('href')`);
  expect(back).toBe(`${publishedUrl(traceHost, PORTS.zipkin) ?? ''}/zipkin/traces/${traceId}`);

  for (const tier of ['lb', 'web', 'app'] as const) {
    const line = await waitFor(
      async () => {
        const logs = await Promise.all(hostsOf(topology, tier).map(({ name }) => logOf(name)));
        return logs.flatMap((log) => log.split('\n')).find((one) => one.includes(traceId));
      },
      { what: `a line of the tier ${tier} with the trace ${traceId}`, deadlineMs: 10_000 },
    );
    expect(JSON.parse(line)).toMatchObject({ trace_id: traceId });
  }
});

it('a store that hangs only costs spans, and accepts spans again afterwards', async () => {
  const host = traceHost.name;
  const lostBefore = await spansLost();
  await world.hosts.pause(host);
  try {
    let sampled = 0;
    for (let count = 0; count < MAX_REQUESTS && sampled < 2; count += 1) {
      const startedAt = performance.now();
      const sent = await sendRequest();
      expect(sent.status).toBe(404);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      sampled += isSampled(sent) ? 1 : 0;
    }
    expect(sampled).toBe(2);
    await waitFor(async () => (await spansLost()) > lostBefore, { what: 'dropped spans', deadlineMs: 15_000 });
  } finally {
    await world.hosts.unpause(host);
  }
  // Spans from the time of the hang may be lost, so requests are sent until one is sampled again.
  await waitFor(
    async () => {
      const sent = await sendRequest();
      return isSampled(sent) && (await findTrace(sent.traceId).catch(() => undefined));
    },
    { what: 'a trace after the store came back', deadlineMs: 60_000 },
  );
});
