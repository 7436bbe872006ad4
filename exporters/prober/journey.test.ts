import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { JOURNEY_STEPS, probeJourney } from './journey.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A shop in which everything works but what `broken` says. */
const WORKING: Readonly<Record<string, Answer>> = {
  'POST /api/login': (_, response) => response.setHeader('set-cookie', 'hf_session=s; Path=/').end('{}'),
  'GET /products/7': (_, response) => response.end('<html></html>'),
  'POST /api/orders': ({ headers }, response) =>
    response
      .writeHead(headers.cookie === 'hf_session=s' ? 201 : 401, { 'set-cookie': 'own=w; Path=/' })
      .end('{"orderId":41}'),
  'GET /api/orders/41': ({ headers }, response) =>
    response.writeHead(headers.cookie === 'hf_session=s; own=w' ? 200 : 404).end('{"orderId":41}'),
};

async function walk(broken: Readonly<Record<string, Answer>> = {}, signal = AbortSignal.timeout(2_000)) {
  server = createServer((request, response) => {
    const key = `${request.method ?? ''} ${request.url ?? ''}`;
    const answer = broken[key] ?? WORKING[key];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return probeJourney({
    ...{ site, authority: '', email: 'user1@shop.test', password: 'p', key: 'k', productId: 7, signal },
  });
}

const succeeded = ({ samples }: Awaited<ReturnType<typeof walk>>): Record<string, number> =>
  Object.fromEntries(
    samples.flatMap(({ name, labels, value }) =>
      name === 'probe_journey_step_success' ? [[labels?.['step'], value]] : [],
    ),
  ) as Record<string, number>;

it('walks to the end, with the cookies that it was given', async () => {
  const result = await walk();
  expect(result.failure).toBeUndefined();
  expect(succeeded(result)).toEqual(Object.fromEntries(JOURNEY_STEPS.map((step) => [step, 1])));
});

it('ends at the step that fails, and says so of all that were not reached', async () => {
  const result = await walk({ 'GET /products/7': (_, response) => response.writeHead(502).end() });
  expect(succeeded(result)).toEqual({ login: 1, browse: 0, order: 0, read_back: 0 });
  expect(result.failure).toMatch(/^browse: .*status 502; trace [0-9a-f]{32}$/);
});

it('does not take another order for its own', async () => {
  const result = await walk({ 'GET /api/orders/41': (_, response) => response.end('{"orderId":40}') });
  expect(succeeded(result)['read_back']).toBe(0);
});

it('fails where an order is acknowledged with nonsense', async () => {
  const result = await walk({ 'POST /api/orders': (_, response) => response.writeHead(201).end('<html>') });
  expect(succeeded(result)).toEqual({ login: 1, browse: 1, order: 0, read_back: 0 });
});
