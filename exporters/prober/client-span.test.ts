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

/** A store that keeps what it gets. */
async function openStore(): Promise<{
  readonly url: string;
  readonly got: unknown[];
  readonly headers: IncomingHttpHeaders[];
}> {
  const got: unknown[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    void json(request).then((body) => {
      got.push(body);
      response.writeHead(202).end();
    });
  });
  return { url: await listen(server), got, headers };
}

const sender = (storeUrl: string, keptRatio = 0, log: (message: string) => void = () => undefined) =>
  makeSpanSender({ storeUrl, host: 'mon2', policy: { slowMs: 300, keptRatio }, log });

it('sends a failed one, red, in the words of Zipkin', async () => {
  const { url, got } = await openStore();
  await sender(url)({ ...SPAN, errorType: 'read-only' });
  expect(got).toEqual([
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

it('delivers them as what they are: no probe, and in no trace', async () => {
  const { url, headers } = await openStore();
  await sender(url, 1)(SPAN);
  expect(headers).toMatchObject([{ 'content-type': 'application/json' }]);
  expect(Object.keys(headers[0] ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(traceparent|x-holdfast-synthetic)$/)]),
  );
});

it.each<readonly [string, { readonly seconds?: number; readonly keptRatio?: number }, number]>([
  ['a slow one', { seconds: 0.4 }, 1],
  ['one of the share that is kept', { keptRatio: 1 }, 1],
  ['no other one', {}, 0],
])('sends %s', async (_what, { keptRatio, ...about }, sent) => {
  const { url, got } = await openStore();
  await sender(url, keptRatio)({ ...SPAN, ...about });
  expect(got).toHaveLength(sent);
});

it('says once that a store takes nothing, and when it does again', async () => {
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
  expect(lines).toEqual(['spans are lost', 'spans are taken again']);
});
