import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { get as getPlain, type IncomingHttpHeaders } from 'node:http';
import { get as getOverTls } from 'node:https';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toxiproxyApi } from '../../chaos/faults/toxiproxy-api.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Tier } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';

const topology = makeTopology();

interface ResponseHead {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Sends a request to the virtual IP. Does not verify the certificate, because the stack signs it itself. */
function sendRequest(
  path: string,
  headers: Record<string, string | string[]> = {},
  scheme: 'http' | 'https' = 'http',
): Promise<ResponseHead> {
  const { host, port } = routeAddress(topology, scheme);
  return new Promise((resolve, reject) => {
    const get = scheme === 'https' ? getOverTls : getPlain;
    get({ host, port, path, headers, rejectUnauthorized: false }, (response) => {
      response.resume().on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers });
      });
    }).on('error', reject);
  });
}

/** The trace ID that the application used. */
const traceOf = async (...request: Parameters<typeof sendRequest>): Promise<unknown> =>
  (await sendRequest(...request)).headers['x-trace-id'];

/** Sends 100 requests and returns how many of them the application sampled by ratio. */
async function countSampled(traceparent: () => string): Promise<number> {
  const before = await sampledTotal();
  for (let count = 0; count < 100; count += 1)
    await sendRequest(`/api/products/1?seen-by=${hex(4)}`, { traceparent: traceparent(), cookie: 'hf_session=none' });
  return (await sampledTotal()) - before;
}

async function sampledTotal(): Promise<number> {
  const texts = await Promise.all(
    hostsOf(topology, 'app').map(async (host) => {
      const response = await fetch(`http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`);
      return await response.text();
    }),
  );
  const values = texts.map((text) => /^traces_sampled_total\{reason="sampled"\} (\d+)/m.exec(text)?.[1]);
  return values.reduce((sum, value) => sum + Number(value ?? 0), 0);
}

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

describe('a request reaches the application', () => {
  it.each(['http', 'https'] as const)('with a new trace if it arrived over %s without one', async (scheme) => {
    const ids = [await traceOf('/api/products/1', {}, scheme), await traceOf('/api/products/1', {}, scheme)];
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('with another trace than that of the client, also through an edge', async () => {
    const id = hex(16);
    const headers = { traceparent: `00-${id}-${hex(8)}-01` };
    const [edge] = hostsOf(topology, 'edge');
    const url = edge === undefined ? '' : `http://${addressOn(edge, 'front')}:${PORTS.edge}/api/session`;
    for (const named of [
      await traceOf('/api/products/1', headers),
      (await fetch(url, { headers })).headers.get('x-trace-id'),
    ]) {
      expect(named).toMatch(/^[0-9a-f]{32}$/);
      expect(named).not.toBe(id);
    }
  });

  it('with the same sampling ratio for all IDs and flags of the client', async () => {
    const sampled = await countSampled(() => `00-${hex(10)}${'0'.repeat(12)}-${hex(8)}-01`);
    // 2 % are sampled on average; 15 or more by chance once in ten billion times.
    expect(sampled).toBeLessThan(15);
  });

  it.each([
    ['is all zeros', `00-${'0'.repeat(32)}-${hex(8)}-01`],
    ['has no parent', `00-${'ab'.repeat(16)}-${'0'.repeat(16)}-01`],
    ['has the forbidden version', `ff-${'ab'.repeat(16)}-${hex(8)}-01`],
    ['is in upper case', `00-${'AB'.repeat(16)}-${hex(8)}-01`],
    ['is a word', 'hello'],
    ['is sent twice', [`00-${'ab'.repeat(16)}-${hex(8)}-01`, `00-${'cd'.repeat(16)}-${hex(8)}-01`]],
  ])('with another trace if that of the client %s', async (_what, traceparent) => {
    const id = await traceOf('/api/products/1', { traceparent, tracestate: 'x=1' });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(['0'.repeat(32), 'ab'.repeat(16), 'cd'.repeat(16)]).not.toContain(id);
  });
});

describe('the response to a request', () => {
  it('has a trace ID also if the request does not reach the application', async () => {
    const { status, headers } = await sendRequest('/static/none');
    expect(status).toBe(404);
    expect(headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('has the trace ID of the request that filled the cache if it is a cache hit', async () => {
    const [edge] = hostsOf(topology, 'edge');
    const url =
      edge === undefined ? '' : `http://${addressOn(edge, 'front')}:${PORTS.edge}/products/1?seen-by=${hex(8)}`;
    const answers = [await fetch(url), await fetch(url)];
    expect(answers[1]?.headers.get('x-cache')).toBe('HIT');
    const [fetched, cached] = answers.map(({ headers }) => headers.get('x-trace-id'));
    expect(fetched).toMatch(/^[0-9a-f]{32}$/);
    expect(cached).toBe(fetched);
  });
});

/** The log lines of all hosts of a tier from the last 60 s. */
async function recentLogs(tier: Tier): Promise<readonly string[]> {
  const texts = await Promise.all(
    hostsOf(topology, tier).map(async ({ name }) => {
      const { stdout, stderr } = await promisify(execFile)('docker', ['logs', '--since=60s', `holdfast-${name}`]);
      return stdout + stderr;
    }),
  );
  return texts.flatMap((text) => text.split('\n'));
}

it('a failed request is found by its trace ID and request ID in the log lines of every tier', async () => {
  const dependencies = hostsOf(topology, 'app').flatMap((host) => {
    const api = toxiproxyApi(`http://${addressOn(host, 'ops')}:${PORTS.toxiproxy}`);
    return ['db-read', 'db-write', 'cache'].map((proxy) => ({ api, proxy }));
  });
  const id = randomUUID();
  const beganMs = Date.now();
  let trace = '';
  try {
    await Promise.all(dependencies.map(({ api, proxy }) => api.setEnabled(proxy, false)));
    const path = `/api/products/${700_000 + (Date.now() % 100_000)}`;
    const { status, headers } = await sendRequest(path, { 'x-request-id': id });
    expect(status).toBe(503);
    trace = String(headers['x-trace-id']);
  } finally {
    await Promise.all(dependencies.map(({ api, proxy }) => api.setEnabled(proxy, true)));
  }
  for (const tier of ['lb', 'web', 'app'] as const) {
    const line = await waitFor(async () => (await recentLogs(tier)).find((one) => one.includes(trace)), {
      what: `a line of the tier ${tier} with the trace ${trace}`,
      deadlineMs: 10_000,
    });
    expect(JSON.parse(line)).toMatchObject({ trace_id: trace });
    expect(line).toContain(id);
    if (tier === 'lb') expect(Date.parse((JSON.parse(line) as { at: string }).at)).toBeGreaterThanOrEqual(beganMs);
  }
});
