import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { get as getPlain, type IncomingHttpHeaders } from 'node:http';
import { get as getOverTls } from 'node:https';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toxiproxyApi } from '../../chaos/faults/toxiproxy-api.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Tier } from '../../deploy/topology.ts';
import { waitFor } from '../../kit/deadline.ts';

const topology = makeTopology();

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Asks on the virtual address. The certificate is the stack's own. */
function ask(
  path: string,
  headers: Record<string, string | string[]> = {},
  scheme: 'http' | 'https' = 'http',
): Promise<Answer> {
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

/** The id that the application worked under. */
const traceOf = async (...request: Parameters<typeof ask>): Promise<unknown> =>
  (await ask(...request)).headers['x-trace-id'];

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

describe('a request reaches the application', () => {
  it.each(['http', 'https'] as const)('with a trace of its own when it came over %s without one', async (scheme) => {
    const ids = [await traceOf('/api/products/1', {}, scheme), await traceOf('/api/products/1', {}, scheme)];
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('with the trace that it brought, through an edge as well', async () => {
    const id = hex(16);
    const headers = { traceparent: `00-${id}-${hex(8)}-01` };
    expect(await traceOf('/api/products/1', headers)).toBe(id);
    const [edge] = hostsOf(topology, 'edge');
    const url = edge === undefined ? '' : `http://${addressOn(edge, 'front')}:${PORTS.edge}/api/session`;
    expect((await fetch(url, { headers })).headers.get('x-trace-id')).toBe(id);
  });

  it.each([
    ['is of zeros', `00-${'0'.repeat(32)}-${hex(8)}-01`],
    ['has no parent', `00-${'ab'.repeat(16)}-${'0'.repeat(16)}-01`],
    ['is of the forbidden version', `ff-${'ab'.repeat(16)}-${hex(8)}-01`],
    ['is in capitals', `00-${'AB'.repeat(16)}-${hex(8)}-01`],
    ['is a word', 'hello'],
    ['comes twice', [`00-${'ab'.repeat(16)}-${hex(8)}-01`, `00-${'cd'.repeat(16)}-${hex(8)}-01`]],
  ])('with another trace when the one it brought %s', async (_what, traceparent) => {
    const id = await traceOf('/api/products/1', { traceparent, tracestate: 'x=1' });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(['0'.repeat(32), 'ab'.repeat(16), 'cd'.repeat(16)]).not.toContain(id);
  });
});

describe('the answer to a request', () => {
  it('names its trace also where the application was not asked', async () => {
    const id = hex(16);
    const { status, headers } = await ask('/static/none', { traceparent: `00-${id}-${hex(8)}-00` });
    expect({ status, trace: headers['x-trace-id'] }).toEqual({ status: 404, trace: id });
  });

  it('names the trace of the request that fetched it where an edge had it', async () => {
    const [edge] = hostsOf(topology, 'edge');
    const url =
      edge === undefined ? '' : `http://${addressOn(edge, 'front')}:${PORTS.edge}/products/1?seen-by=${hex(8)}`;
    const answers = [await fetch(url), await fetch(url)];
    expect(answers[1]?.headers.get('x-cache')).toBe('HIT');
    const [fetched, kept] = answers.map(({ headers }) => headers.get('x-trace-id'));
    expect(fetched).toMatch(/^[0-9a-f]{32}$/);
    expect(kept).toBe(fetched);
  });
});

/** What the hosts of a tier have printed lately. */
async function printed(tier: Tier): Promise<readonly string[]> {
  const texts = await Promise.all(
    hostsOf(topology, tier).map(async ({ name }) => {
      const { stdout, stderr } = await promisify(execFile)('docker', ['logs', '--since=60s', `holdfast-${name}`]);
      return stdout + stderr;
    }),
  );
  return texts.flatMap((text) => text.split('\n'));
}

it('a request that failed is found by its trace and its id in the lines of every tier', async () => {
  const dependencies = hostsOf(topology, 'app').flatMap((host) => {
    const api = toxiproxyApi(`http://${addressOn(host, 'ops')}:${PORTS.toxiproxy}`);
    return ['db-read', 'db-write', 'cache'].map((proxy) => ({ api, proxy }));
  });
  const [trace, id] = [hex(16), randomUUID()];
  const beganMs = Date.now();
  try {
    await Promise.all(dependencies.map(({ api, proxy }) => api.setEnabled(proxy, false)));
    const path = `/api/products/${700_000 + (Date.now() % 100_000)}`;
    const { status } = await ask(path, { traceparent: `00-${trace}-${hex(8)}-00`, 'x-request-id': id });
    expect(status).toBe(503);
  } finally {
    await Promise.all(dependencies.map(({ api, proxy }) => api.setEnabled(proxy, true)));
  }
  for (const tier of ['lb', 'web', 'app'] as const) {
    const line = await waitFor(async () => (await printed(tier)).find((one) => one.includes(trace)), {
      what: `a line of the tier ${tier} with the trace ${trace}`,
      deadlineMs: 10_000,
    });
    expect(JSON.parse(line)).toMatchObject({ trace_id: trace });
    expect(line).toContain(id);
    if (tier === 'lb') expect(Date.parse((JSON.parse(line) as { at: string }).at)).toBeGreaterThanOrEqual(beganMs);
  }
});
