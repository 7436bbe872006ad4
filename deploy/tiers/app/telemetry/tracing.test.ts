import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fastify } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { makeMetrics } from './metrics.ts';
import { makeRequestTelemetry } from './request-telemetry.ts';
import { currentTrace, inSpan } from './request-trace.ts';
import { startTracing, type Tracing } from './tracing.ts';
import { openZipkin } from './zipkin-store.ts';

const spansSchema = z.array(
  z.object({
    traceId: z.string(),
    id: z.string(),
    parentId: z.string().optional(),
    kind: z.string().optional(),
    name: z.string(),
    timestamp: z.number(),
    duration: z.int().positive(),
    localEndpoint: z.object({ serviceName: z.string() }),
    annotations: z.array(z.object({ value: z.string() })),
    tags: z.record(z.string(), z.string()),
  }),
);

/** Spans that the store has received. */
let received: z.infer<typeof spansSchema> = [];
const store = createServer((request: IncomingMessage, response) => {
  void text(request).then((body) => {
    received.push(...spansSchema.parse(JSON.parse(body)));
    response.writeHead(202).end();
  });
});

const metrics = makeMetrics('abc');
const app = fastify();
let tracing: Tracing;

beforeAll(async () => {
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  tracing = startTracing({
    host: 'app1',
    commit: 'abc',
    policy: { slowMs: 60_000, sampleRatio: 0 },
    send: openZipkin(`http://127.0.0.1:${(store.address() as AddressInfo).port}/api/v2/spans`),
    metrics,
  });
  makeRequestTelemetry({ metrics, endTrace: (...given) => tracing.end(...given) }).addTo(app);
  app.get('/readyz', () => 'ready');
  app.get('/works/:id', async () => inSpan({ name: 'GET', attributes: {} }, () => Promise.resolve('well')));
  app.get('/fails/:id', async (_request, reply) => {
    currentTrace()?.retry('deadlock');
    await inSpan({ name: 'product', attributes: { 'db.system.name': 'mysql' } }, () =>
      Promise.reject(new RangeError('x')),
    ).catch((error: unknown) => currentTrace()?.fail(error));
    return await reply.code(503).send('sorry');
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
beforeEach(() => {
  received = [];
});
afterAll(async () => {
  await app.close();
  await tracing.stop();
  store.close();
});

const ask = async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
  const response = await fetch(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}${path}`, { headers });
  await response.text();
  return response;
};
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const scrape = (): Promise<string> => metrics.registry.metrics();

it('sends the spans of a failed request as one tree below its caller, and adds an exemplar', async () => {
  const response = await ask('/fails/7?token=secret', { traceparent: `00-${traceId}-00f067aa0ba902b7-00` });
  expect(response.headers.get('x-trace-id')).toBe(traceId);
  await expect.poll(() => received, { timeout: 5_000 }).toHaveLength(2);
  const [root, query] = received;
  expect(root).toMatchObject({
    traceId,
    parentId: '00f067aa0ba902b7',
    kind: 'SERVER',
    name: 'GET /fails/:id',
    localEndpoint: { serviceName: 'shop' },
    annotations: [{ value: 'retry: deadlock' }],
    tags: {
      'http.route': '/fails/:id',
      'url.path': '/fails/7',
      'http.response.status_code': '503',
      'error.type': 'RangeError',
      error: 'RangeError',
      'host.name': 'app1',
      'service.version': 'abc',
      'holdfast.kept': 'error',
    },
  });
  expect(query).toMatchObject({
    traceId,
    parentId: root?.id,
    kind: 'CLIENT',
    name: 'product',
    tags: { error: 'RangeError' },
  });
  expect(Math.abs((root?.timestamp ?? 0) / 1000 - Date.now())).toBeLessThan(10_000);
  expect(JSON.stringify(received)).not.toContain('secret');
  const text = await scrape();
  expect(text).toMatch(new RegExp(`^http_request_duration_seconds_bucket.*503.* # \\{trace_id="${traceId}"\\}`, 'm'));
  expect(text).toContain('traces_sampled_total{reason="error"} 1');
});

it("records the client's own trace ID, but does not use it", async () => {
  const chosen = `${'a'.repeat(20)}${'0'.repeat(12)}`;
  const client = { 'x-client-traceparent': `00-${chosen}-00f067aa0ba902b7-01` };
  const response = await ask('/fails/8', { traceparent: `00-${traceId}-00f067aa0ba902b7-00`, ...client });
  expect(response.headers.get('x-trace-id')).toBe(traceId);
  await expect.poll(() => received, { timeout: 5_000 }).toHaveLength(2);
  expect(received[0]).toMatchObject({ traceId, tags: { 'client.trace_id': chosen } });
  expect((await ask('/works/2', client)).headers.get('x-trace-id')).not.toBe(chosen);
});

it('sends no spans of an ordinary request or a health check', async () => {
  const ordinary = await ask('/works/1');
  expect(ordinary.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
  expect((await ask('/readyz')).headers.get('x-trace-id')).toBeNull();
  await tracing.stop();
  expect(received).toEqual([]);
  const text = await scrape();
  expect(text).toMatch(/^http_request_duration_seconds_count\{.*route="\/works\/:id"/m);
  expect(text).not.toMatch(/route="\/works\/:id".* # /);
});

it('exposes counters with the same names at every scrape', async () => {
  await scrape();
  expect(await scrape()).toMatch(/^trace_spans_sent_total 4$/m);
});
