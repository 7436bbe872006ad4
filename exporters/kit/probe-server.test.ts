import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { gauge } from '../catalog/metric.ts';
import { scrapeMetrics } from './scrape-metrics.ts';
import { makeModule, makeProbeServer } from './probe-server.ts';

const log = vi.fn();
const metrics = { ...scrapeMetrics('shop', ['things']), shop_things: gauge('1', 'Things.') };
let collections = 0;
let signals: AbortSignal[] = [];
let go = Promise.withResolvers<unknown>();
let url = '';
let server: ReturnType<typeof makeProbeServer>;

beforeEach(async () => {
  collections = 0;
  signals = [];
  go = Promise.withResolvers<unknown>();
  log.mockClear();
  const module = makeModule('shop', {
    targets: new Map([['app1', 'here']]),
    log,
    exporter: {
      prefix: 'shop',
      metrics,
      open: () => Promise.resolve({ [Symbol.dispose]: () => undefined }),
      collectors: [
        {
          name: 'things',
          collect: async (_session, emit, signal) => {
            collections += 1;
            signals.push(signal);
            await go.promise;
            emit({ name: 'shop_things', value: collections });
          },
        },
      ],
    },
  });
  const own = () => Promise.resolve({ contentType: 'text/plain', body: 'process_things 1\n' });
  server = makeProbeServer({ modules: [module], own, log }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const probe = (seconds = '5', signal: AbortSignal | null = null) =>
  fetch(`${url}/probe?module=shop&target=app1`, {
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': seconds },
    signal,
  });

it('concurrent scrapes share one collection, and the next scrape collects again', async () => {
  let asked = 0;
  server.on('request', () => (asked += 1));
  const two = [probe(), probe()];
  // The second request must arrive before the first collection ends.
  await vi.waitFor(
    () => {
      expect([asked, collections]).toEqual([2, 1]);
    },
    { timeout: 10_000 },
  );
  go.resolve(undefined);
  for (const response of await Promise.all(two)) expect(await response.text()).toContain('\nshop_things 1\n');
  expect(await (await probe()).text()).toContain('\nshop_things 2\n');
});

it('responds before the scrape timeout with the samples collected so far, and logs the failure', async () => {
  const text = await (await probe('0.3')).text();
  expect(signals[0]?.aborted).toBe(true);
  expect(text).toContain('\nshop_up 1\n');
  expect(text).toContain('shop_scrape_collector_success{collector="things"} 0\n');
  expect(log).toHaveBeenCalledWith(
    'collector failed',
    expect.objectContaining({ target: 'app1', collector: 'things' }),
  );
});

it('aborts a collection whose client disconnected, logs no failure of the target, and collects again for the next scrape', async () => {
  const client = new AbortController();
  const left = probe('30', client.signal);
  await vi.waitFor(() => {
    expect(collections).toBe(1);
  });
  client.abort();
  await expect(left).rejects.toThrow('aborted');
  await vi.waitFor(() => {
    expect(signals[0]?.aborted).toBe(true);
  });
  go.resolve(undefined);
  expect(await (await probe()).text()).toContain('\nshop_things 2\n');
  expect(log).not.toHaveBeenCalled();
});

it('continues a shared collection while at least one client waits', async () => {
  const client = new AbortController();
  const [left, stays] = [probe('30', client.signal), probe('30')];
  await vi.waitFor(() => {
    expect(collections).toBe(1);
  });
  // When a third, later request is answered, the server has received both.
  await (await fetch(`${url}/metrics`)).text();
  client.abort();
  await expect(left).rejects.toThrow('aborted');
  await (await fetch(`${url}/metrics`)).text();
  expect(signals[0]?.aborted).toBe(false);
  go.resolve(undefined);
  expect(await (await stays).text()).toContain('\nshop_things 1\n');
});

it.each([
  ['/probe?module=shop&target=http://203.0.113.1/', 400, 'target must be app1'],
  ['/probe?module=other&target=app1', 400, 'module must be shop'],
  ['/probe', 400, 'module must be shop'],
  ['/elsewhere', 404, '/probe'],
  ['/metrics', 200, 'process_things'],
  ['/', 200, 'href="/probe?module=shop&amp;target=app1"'],
])('%s is answered with %i', async (path, status, text) => {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(text);
});
