import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { decideSampling } from '../../deploy/tiers/app/telemetry/decide-keep.ts';
import { openBrowser } from '../../deploy/images/browser/open-browser.ts';
import { addressOn, hostsOf, makeTopology, PORTS, publishedUrl, routeAddress } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { containerName, openHosts } from '../../kit/hosts.ts';
import { PATHS } from '../../kit/paths.ts';
import type { FaultContext } from '../faults/fault.ts';
import { toxiproxyTimeout } from '../faults/toxiproxy-timeout.ts';
import { openJournal } from '../journal/journal.ts';
import { openFault } from '../journal/open-fault.ts';
import { openPrometheus } from '../../kit/prometheus.ts';
import { waitForSteady } from '../runner/steady-state.ts';

const topology = makeTopology();
const world: FaultContext = { topology, hosts: openHosts() };
const journal = openJournal(PATHS.journal);
const apps = hostsOf(topology, 'app').map(({ name }) => name);
const front = routeAddress(topology, 'http');
const site = `http://${front.host}:${front.port}`;
const [traceHost] = hostsOf(topology, 'trace');
if (traceHost === undefined) throw new Error('no host for traces');
const store = `http://${addressOn(traceHost, 'ops')}:${PORTS.zipkin}`;
const logbook = `http://${addressOn(traceHost, 'ops')}:${PORTS.logbookPage}`;

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

/** The spans of a trace, as Zipkin tells them; waits until it has it. */
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

/** What the logbook has of a trace, once the lines of every tier are there. */
async function findLines(traceId: string): Promise<z.infer<typeof linesSchema>> {
  return await waitFor(
    async () => {
      const response = await fetch(`${logbook}/api/logs/${traceId}`, { signal: AbortSignal.timeout(2_000) });
      const lines = response.status === 200 ? linesSchema.parse(await response.json()) : [];
      return new Set(lines.map(({ service }) => service)).size === 3 ? lines : undefined;
    },
    { what: `log lines of the trace ${traceId}`, deadlineMs: 10_000 },
  );
}

interface Asked {
  /** What the request's first hop named its trace. */
  readonly traceId: string;
  /** What its client named it. */
  readonly ownId: string;
  readonly status: number;
}

/** Fewer requests per second than one client address may send. */
const PACE_MS = 12;

/** Asks for a product that no cache knows. */
async function ask(): Promise<Asked> {
  await sleep(PACE_MS);
  const ownId = randomBytes(16).toString('hex');
  const response = await fetch(`${site}/api/products/${randomInt(1_000_000, 2_000_000_000)}`, {
    headers: { traceparent: `00-${ownId}-${randomBytes(8).toString('hex')}-01` },
    signal: AbortSignal.timeout(10_000),
  });
  await response.text();
  return { traceId: response.headers.get('x-trace-id') ?? '', ownId, status: response.status };
}

/** Whether an ordinary request is of the share whose traces are kept. */
function isKept({ traceId }: Asked): boolean {
  const outcome = { traceId, failed: false, retried: false, durationMs: 0 };
  return decideSampling(outcome, topology.profile.traces) !== undefined;
}

/**
 * Asks again and again until a request fails, so that it has a session with the database in its hands when the way there breaks: somebody
 * else's request would find that out a moment later, and then none has one any more. One failure only: the next one would take its
 * place as the exemplar.
 */
async function askUntilOneFails(): Promise<Asked> {
  for (let count = 0; count < MOST_ASKED; count += 1) {
    const asked = await ask();
    if (asked.status >= 500) return asked;
  }
  throw new Error(`none of ${MOST_ASKED} requests failed`);
}

async function logOf(host: string): Promise<string> {
  const { stdout } = await execa('docker', ['logs', '--since', '2m', containerName(host)], { stdin: 'ignore' });
  return stdout;
}

const MOST_ASKED = 2_000;

/** The trace of the request that failed. */
let failed: string | undefined;

afterAll(async () => {
  await waitForSteady(world, { deadlineMs: 120_000, signal: new AbortController().signal });
});

it('a request that fails is one trace from the load balancer to the database, and its log line says which', async () => {
  const options = { world, journal, leaseMs: 120_000 };
  await using reads = await openFault(toxiproxyTimeout({ dependency: 'db-read', hosts: apps }, 0), options);
  // Reads go by the route for writes now: that leaves each application host a session there, also on a stack that has just come up.
  for (let count = 0; count < 4 * apps.length; count += 1) expect((await ask()).status).toBeLessThan(500);
  const asking = askUntilOneFails();
  // Where the fault does not open, that is what has to be told.
  asking.catch(() => undefined);
  await using writes = await openFault(toxiproxyTimeout({ dependency: 'db-write', hosts: apps }, 0), options);
  expect([reads.effect, writes.effect]).toMatchObject([{ seen: true }, { seen: true }]);

  const asked = await asking;
  expect(asked).toMatchObject({ status: 503, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
  expect(asked.traceId).not.toBe(asked.ownId);

  failed = asked.traceId;
  const spans = await findTrace(asked.traceId);
  const root = spans.find(({ kind }) => kind === 'SERVER');
  expect(root).toMatchObject({
    // Zipkin writes names in small letters.
    name: 'get /api/products/:id',
    tags: {
      'http.response.status_code': '503',
      'error.type': 'Unavailable',
      'holdfast.kept': 'error',
      'client.trace_id': asked.ownId,
    },
  });
  const own = spans.filter(({ parentId }) => parentId === root?.id);
  expect(own).toHaveLength(spans.length - 1);
  const ofCache = own.filter(({ tags }) => tags['db.system.name'] === 'redis');
  const ofDatabase = own.filter(({ tags }) => tags['db.system.name'] === 'mysql');
  expect(ofCache.map(({ name }) => name)).toContain('get');
  expect(ofDatabase.map(({ tags }) => tags['error.type'])).toContain('STATEMENT_TIMEOUT');
  expect(own.map(({ name }) => name)).toContain('wait for db-read');
  // What somebody asked for is in the path alone.
  expect(ofDatabase.every(({ tags }) => /\?/.test(tags['db.query.text'] ?? '?'))).toBe(true);

  const host = root?.tags['host.name'] ?? '';
  expect(apps).toContain(host);
  const lines = (await logOf(host)).split('\n').filter((line) => line.includes(asked.traceId));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'error', msg: 'request failed', trace_id: asked.traceId, span_id: root?.id },
  ]);
});

/** Spans that the store did not take, of all application hosts. */
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

/** The traces that a graph of slow requests leads to, the slowest first. */
async function exemplarsOf(query: string): Promise<readonly string[]> {
  const [monitor] = hostsOf(topology, 'monitor');
  const base = monitor === undefined ? '' : `http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}`;
  const now = Date.now();
  const exemplars = await openPrometheus(base).exemplars(query, { startMs: now - 300_000, endMs: now });
  return exemplars.toSorted((a, b) => b.value - a.value).flatMap(({ labels }) => labels['trace_id'] ?? []);
}

/** An expression that clicks the row of a span: the only element that ends with its name, and has nothing in it but text. */
function renderClick(span: string): string {
  const isRow = `(element) => element.children.length === 0 && element.textContent.endsWith(${JSON.stringify(`: ${span}`)})`;
  return `[...document.querySelectorAll('main *')].find(${isRow}).click()`;
}

it('a person goes from the graph to that trace, on its page to the statement, and by its link to the line of every tier', async () => {
  expect(failed).toBeDefined();
  const traceId = await waitFor(
    async () =>
      (await exemplarsOf('http_request_duration_seconds_bucket{job="app"}')).find((exemplar) => exemplar === failed),
    { what: `an exemplar that leads to ${failed}`, deadlineMs: 30_000 },
  );

  await using page = await openBrowser();
  const shows = (text: string): string =>
    `document.body.innerText.toLowerCase().includes(${JSON.stringify(text.toLowerCase())})`;
  // Where a mail leads to (agents/notifier/links.ts).
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

  // As a browser on this machine follows it; this one is inside the network `ops`.
  const link = `${publishedUrl(traceHost, PORTS.logbookPage) ?? ''}/logs/${traceId}`;
  await page.waitFor(`document.querySelector('a[href=${JSON.stringify(link)}]')?.textContent === 'View Logs'`);
  const lines = await findLines(traceId);
  expect([...new Set(lines.map(({ service }) => service))].toSorted()).toEqual(['HAProxy', 'Nginx', 'application']);
  for (const { fields } of lines) expect(fields['trace_id']).toBe(traceId);
  expect(lines.find(({ service }) => service === 'application')?.fields['msg']).toBe('request failed');
  await page.open(`${logbook}/logs/${traceId}`);
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

it('a store that hangs costs spans and nothing else, and takes them again when it is back', async () => {
  const host = traceHost.name;
  const lostBefore = await spansLost();
  await world.hosts.pause(host);
  try {
    let kept = 0;
    for (let count = 0; count < MOST_ASKED && kept < 2; count += 1) {
      const startedAt = performance.now();
      const asked = await ask();
      expect(asked.status).toBe(404);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      kept += isKept(asked) ? 1 : 0;
    }
    expect(kept).toBe(2);
    await waitFor(async () => (await spansLost()) > lostBefore, { what: 'spans given up', deadlineMs: 15_000 });
  } finally {
    await world.hosts.unpause(host);
  }
  // What came while it hung may have been lost: ask until one is kept again.
  await waitFor(
    async () => {
      const asked = await ask();
      return isKept(asked) && (await findTrace(asked.traceId).catch(() => undefined));
    },
    { what: 'a trace after the store came back', deadlineMs: 60_000 },
  );
});
