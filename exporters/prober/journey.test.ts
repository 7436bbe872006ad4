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

/** Responses of a working shop; `broken` replaces some of them. */
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

async function runJourney(broken: Readonly<Record<string, Answer>> = {}, signal = AbortSignal.timeout(2_000)) {
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

const succeeded = ({ samples }: Awaited<ReturnType<typeof runJourney>>): Record<string, number> =>
  Object.fromEntries(
    samples.flatMap(({ name, labels, value }) =>
      name === 'probe_journey_step_success' ? [[labels?.['step'], value]] : [],
    ),
  ) as Record<string, number>;

it('completes all steps, with the cookies of earlier responses', async () => {
  const result = await runJourney();
  expect(result.failure).toBeUndefined();
  expect(succeeded(result)).toEqual(Object.fromEntries(JOURNEY_STEPS.map((step) => [step, 1])));
});

it('ends at the failing step, and exposes all later steps as failed', async () => {
  const result = await runJourney({ 'GET /products/7': (_, response) => response.writeHead(502).end() });
  expect(succeeded(result)).toEqual({ login: 1, browse: 0, order: 0, read_back: 0 });
  expect(result.failure).toMatch(/^browse: .*status 502; trace [0-9a-f]{32}$/);
});

it('fails when another order is read back', async () => {
  const result = await runJourney({ 'GET /api/orders/41': (_, response) => response.end('{"orderId":40}') });
  expect(succeeded(result)['read_back']).toBe(0);
});

it('fails when the acknowledgement of an order is malformed', async () => {
  const result = await runJourney({ 'POST /api/orders': (_, response) => response.writeHead(201).end('<html>') });
  expect(succeeded(result)).toEqual({ login: 1, browse: 1, order: 0, read_back: 0 });
});
