import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../../kit/deadline.ts';
import { SECURITY_HEADERS } from '../../model/security-headers.ts';
import { addressOn, hostsOf, makeTopology, PORTS, type Host } from '../../model/topology.ts';

/** Runs against the deployed stack and changes nothing. */
const topology = makeTopology();
const apps = hostsOf(topology, 'app');
const [app, edge] = [apps[0], hostsOf(topology, 'edge')[0]] as [Host, Host];

/** Number of requests with a response status, over all routes and application hosts. */
async function countOf(status: number): Promise<number> {
  const texts = await Promise.all(
    apps.map(async (host) => {
      const response = await fetch(`http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`);
      return await response.text();
    }),
  );
  const pattern = new RegExp(`^http_request_duration_seconds_count\\{.*status_code="${status}"\\} (\\d+)`, 'gm');
  return texts.flatMap((all) => [...all.matchAll(pattern)]).reduce((sum, [, count]) => sum + Number(count), 0);
}

beforeAll(async () => {
  expect(await countOf(200)).toBeGreaterThan(0);
});

it('a path that is not UTF-8 gets an uncacheable error page of the shop, and every such request is counted', async () => {
  const before = await countOf(400);
  const ask = async (path: string): Promise<Response> =>
    await fetch(`http://${addressOn(edge, 'front')}:${PORTS.edge}${path}`, { signal: AbortSignal.timeout(5_000) });
  const response = await ask('/products/%C0%AF');
  expect([response.status, response.headers.get('cache-control')]).toEqual([400, 'no-store']);
  expect(response.headers.get('content-type')).toContain('text/html');
  expect(response.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
  expect(await response.text()).toContain('</html>');
  const ofApi = await ask('/api/products/%C0%AF');
  expect([ofApi.status, await ofApi.json()]).toEqual([400, { error: 'bad request' }]);
  for (let count = 0; count < 20; count += 1) expect((await ask(`/products/%C0%AE${count}`)).status).toBe(400);
  await waitFor(async () => (await countOf(400)) - before >= 22, { what: '22 counted requests', deadlineMs: 10_000 });
});

it.each([
  ['a path that is not UTF-8', 'GET /products/%C0%AF HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n', 400],
  ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['oversized headers', `GET / HTTP/1.1\r\nHost: shop.test\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['bytes that are not HTTP', '\x16\x03\x01\x02\x00\x01', 400],
  ['readiness', 'GET /readyz HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n', 200],
])('the application itself answers %s with the security headers', async (_what, bytes, status) => {
  const socket = connect({ host: addressOn(app, 'app'), port: PORTS.app, allowHalfOpen: true });
  socket.setTimeout(5_000, () => socket.destroy());
  socket.write(bytes, 'latin1');
  const answer = await text(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(answer.toLowerCase()).toContain(`\r\n${name}: ${value}\r\n`.toLowerCase());
  }
});
