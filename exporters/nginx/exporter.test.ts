import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { NGINX } from '../catalog/nginx.ts';
import { differencesFromUpstream, parseExposition } from '../compare-upstream.ts';
import { collect } from '../kit/collect.ts';
import { NGINX_EXPORTER } from './exporter.ts';

const PAGE = 'Active connections: 1 \nserver accepts handled requests\n 5 5 9 \nReading: 0 Writing: 1 Waiting: 0 \n';

/** Samples of one scrape of an Nginx that responds as `answer` does. */
async function scrape(answer: RequestListener): Promise<Readonly<Record<string, number>>> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const target = { address: '127.0.0.1', port, answerMs: 200 };
  const signal = new AbortController().signal;
  try {
    const { samples } = await collect(NGINX_EXPORTER, target, { deadlineMs: 1_500, maxSeries: 50, signal });
    return Object.fromEntries(
      samples.flatMap(({ name, labels, value }) =>
        labels === undefined && value !== undefined ? [[name, value]] : [],
      ),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it('exposes the connections of an Nginx that responds', async () => {
  expect(await scrape((_request, response) => response.end(PAGE))).toMatchObject({
    nginx_up: 1,
    nginx_connections_handled: 5,
    nginx_http_requests_total: 9,
  });
});

it('exposes the same series as nginx-prometheus-exporter 1.4.1', async () => {
  const page =
    'Active connections: 5 \nserver accepts handled requests\n 120 119 364 \nReading: 1 Writing: 2 Waiting: 2 \n';
  const upstream = [
    ['connections_accepted', 'counter', 120],
    ['connections_active', 'gauge', 5],
    ['connections_handled', 'counter', 119],
    ['connections_reading', 'gauge', 1],
    ['connections_waiting', 'gauge', 2],
    ['connections_writing', 'gauge', 2],
    ['http_requests_total', 'counter', 364],
    ['up', 'gauge', 1],
  ].map(([name, type, value]) => `# TYPE nginx_${name} ${type}\nnginx_${name} ${value}`);
  const scraped = await scrape((_request, response) => response.end(page));
  const samples = Object.entries(scraped)
    .filter(([name]) => !name.startsWith('nginx_scrape_'))
    .map(([name, value]) => ({ name, value }));
  expect(samples).toHaveLength(upstream.length);
  expect(differencesFromUpstream(parseExposition(upstream.join('\n')), samples, { own: [], metrics: NGINX })).toEqual(
    [],
  );
});

it('exposes an Nginx that serves another page as up, without further samples', async () => {
  const scraped = await scrape((_request, response) => response.end('<html></html>'));
  expect(scraped['nginx_up']).toBe(1);
  expect(scraped).not.toHaveProperty('nginx_connections_active');
});

it.each<[string, RequestListener]>([
  ['does not respond', () => undefined],
  ['refuses', (_request, response) => response.writeHead(403).end(PAGE)],
  ['stops in the middle', (_request, response) => response.writeHead(200, { 'content-length': '100' }).write('Active')],
  ['never ends', (_request, response) => response.end('x'.repeat(100_000))],
  ['closes the connection', (request) => request.socket.destroy()],
])('exposes an Nginx that %s as down, quickly', async (_what, answer) => {
  const begin = performance.now();
  expect((await scrape(answer))['nginx_up']).toBe(0);
  expect(performance.now() - begin).toBeLessThan(1_000);
});
