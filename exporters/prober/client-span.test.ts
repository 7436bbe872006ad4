import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { makeSpanSender, type ClientSpan } from './client-span.ts';

const SPAN: ClientSpan = {
  traceId: '0123456789abcdef0fffffffffffffff',
  name: 'probe db-write',
  startedAtMs: 1_700_000_000_000,
  seconds: 0.012,
  attributes: { 'holdfast.route': 'db-write', 'server.port': 3306 },
};

async function listen(server: Server): Promise<string> {
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans`;
}

/** A trace store that records requests. */
async function openStore(): Promise<{
  readonly url: string;
  readonly received: unknown[];
  readonly headers: IncomingHttpHeaders[];
}> {
  const received: unknown[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    void json(request).then((body) => {
      received.push(body);
      response.writeHead(202).end();
    });
  });
  return { url: await listen(server), received, headers };
}

const sender = (storeUrl: string, sampleRatio = 0, log: (message: string) => void = () => undefined) =>
  makeSpanSender({ storeUrl, host: 'mon2', policy: { slowMs: 300, sampleRatio }, log });

it('sends the span of a failed probe in the format of Zipkin, marked as an error', async () => {
  const { url, received } = await openStore();
  await sender(url)({ ...SPAN, errorType: 'read-only' });
  expect(received).toEqual([
    [
      {
        traceId: SPAN.traceId,
        id: '0fffffffffffffff',
        kind: 'CLIENT',
        name: 'probe db-write',
        timestamp: 1_700_000_000_000_000,
        duration: 12_000,
        localEndpoint: { serviceName: 'prober' },
        tags: {
          'holdfast.route': 'db-write',
          'server.port': '3306',
          'host.name': 'mon2',
          'error.type': 'read-only',
          error: 'read-only',
        },
      },
    ],
  ]);
});

it('sends spans without the headers of probes: not synthetic, and without a trace', async () => {
  const { url, headers } = await openStore();
  await sender(url, 1)(SPAN);
  expect(headers).toMatchObject([{ 'content-type': 'application/json' }]);
  expect(Object.keys(headers[0] ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(traceparent|x-holdfast-synthetic)$/)]),
  );
});

it.each<readonly [string, { readonly seconds?: number; readonly sampleRatio?: number }, number]>([
  ['a slow span', { seconds: 0.4 }, 1],
  ['a span in the sampled share', { sampleRatio: 1 }, 1],
  ['no other span', {}, 0],
])('sends %s', async (_what, { sampleRatio, ...about }, sent) => {
  const { url, received } = await openStore();
  await sender(url, sampleRatio)({ ...SPAN, ...about });
  expect(received).toHaveLength(sent);
});

it('logs the first failure of the store and its recovery', async () => {
  let status = 503;
  const url = await listen(
    createServer((request, response) => {
      request.resume();
      response.writeHead(status).end();
    }),
  );
  const lines: string[] = [];
  const send = sender(url, 1, (message) => lines.push(message));
  await send(SPAN);
  await send(SPAN);
  status = 202;
  await send(SPAN);
  expect(lines).toEqual(['sending spans failed', 'sending spans works again']);
});
