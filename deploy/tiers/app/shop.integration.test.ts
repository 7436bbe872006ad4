import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openHosts } from '../../../kit/hosts.ts';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../model/topology.ts';

const topology = makeTopology();
const shop = `http://${topology.virtualAddresses.front.address}:${topology.routes.http.port}`;
const orderSchema = z.object({ orderId: z.number(), idempotencyKey: z.string(), totalCents: z.number() });

/** A client with a cookie jar. */
class Visitor {
  readonly cookies = new Map<string, string>();

  async send(
    path: string,
    options: { readonly body?: unknown; readonly key?: string; readonly cookies?: readonly string[] } = {},
  ): Promise<Response> {
    const { body, key, cookies = [...this.cookies.keys()] } = options;
    const response = await fetch(`${shop}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        'content-type': 'application/json',
        cookie: cookies.map((name) => `${name}=${this.cookies.get(name) ?? ''}`).join('; '),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(15_000),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      this.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  }

  async signIn(user: number): Promise<Response> {
    return await this.send('/api/login', { body: { email: `user${user}@shop.test`, password: 'holdfast' } });
  }

  async order(
    key: string,
    productId = 1,
  ): Promise<{ readonly status: number; readonly order: z.infer<typeof orderSchema> }> {
    const response = await this.send('/api/orders', { key, body: { items: [{ productId, quantity: 1 }] } });
    return { status: response.status, order: orderSchema.parse(await response.json()) };
  }
}

const visitor = new Visitor();
beforeAll(async () => {
  expect((await visitor.signIn(1)).status).toBe(200);
});

describe('pages', () => {
  it.each(['/', '/products', '/products?page=417', '/products/1', '/login'])('%s is a complete page', async (path) => {
    const response = await new Visitor().send(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('</html>');
  });

  it('may be cached by the edge for anonymous visitors, but never for a session', async () => {
    expect((await new Visitor().send('/products/2')).headers.get('cache-control')).toMatch(
      /public.*s-maxage=5.*stale-while-revalidate=30/,
    );
    expect((await visitor.send('/products/2')).headers.get('cache-control')).toBe('private, no-store');
  });

  it('that do not exist get 404', async () => {
    for (const path of ['/products/999999', '/products/x', '/nowhere', '/api/products/0']) {
      expect((await new Visitor().send(path)).status).toBe(404);
    }
  });
});

describe('sessions', () => {
  it('need the right password', async () => {
    const response = await new Visitor().send('/api/login', { body: { email: 'user1@shop.test', password: 'wrong' } });
    expect(response.status).toBe(401);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('are rejected if the token was changed', async () => {
    const forger = new Visitor();
    await forger.signIn(2);
    forger.cookies.set('hf_session', (forger.cookies.get('hf_session') ?? '').replace(/^./, 'A'));
    expect((await forger.send('/api/session')).status).toBe(401);
  });

  it('remember recently viewed products', async () => {
    const recentProducts = async (): Promise<unknown> => {
      // Session state is best effort: a write is dropped if the cache does not respond in time.
      await visitor.send('/products/77');
      const session = z.object({ state: z.object({ recentProductIds: z.array(z.number()) }).nullable() });
      return session.parse(await (await visitor.send('/api/session')).json()).state?.recentProductIds;
    };
    await expect.poll(recentProducts, { timeout: 5_000 }).toContain(77);
  });
});

describe('orders', () => {
  it('need a session, an idempotency key and an existing product', async () => {
    const body = { items: [{ productId: 1, quantity: 1 }] };
    expect((await new Visitor().send('/api/orders', { key: randomUUID(), body })).status).toBe(401);
    expect((await visitor.send('/api/orders', { body })).status).toBe(400);
    expect((await visitor.send('/api/orders', { key: randomUUID(), body: { items: [] } })).status).toBe(400);
    const unknown = { items: [{ productId: 4_000_000, quantity: 1 }] };
    expect((await visitor.send('/api/orders', { key: randomUUID(), body: unknown })).status).toBe(422);
  });

  it('are placed once per key, and a key cannot be reused for another order', async () => {
    const key = randomUUID();
    const first = await visitor.order(key);
    expect(first.status).toBe(201);
    expect(await visitor.order(key)).toEqual({ status: 200, order: first.order });
    const other = await visitor.send('/api/orders', { key, body: { items: [{ productId: 2, quantity: 1 }] } });
    expect(other.status).toBe(422);
  });

  it('are placed once for ten concurrent requests with the same key', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => visitor.order(key)));
    expect(new Set(answers.map(({ order }) => order.orderId)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('are always visible to their own session at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { order } = await visitor.order(randomUUID(), 1 + round);
      const response = await visitor.send(`/api/orders/${order.orderId}`);
      expect([response.status, response.headers.get('x-holdfast-stale')]).toEqual([200, null]);
      expect(await response.json()).toMatchObject({
        orderId: order.orderId,
        items: [{ productId: 1 + round, quantity: 1 }],
      });
    }
  });

  it('are also visible to a client that sends only its session cookie', async () => {
    const { order } = await visitor.order(randomUUID());
    expect((await visitor.send(`/api/orders/${order.orderId}`, { cookies: ['hf_session'] })).status).toBe(200);
  });

  it('are not visible to other users', async () => {
    const { order } = await visitor.order(randomUUID());
    const other = new Visitor();
    await other.signIn(3);
    expect((await other.send(`/api/orders/${order.orderId}`)).status).toBe(404);
  });
});

it.each(hostsOf(topology, 'app').map(({ name }) => name))(
  '%s exposes its metrics only on the ops network',
  async (name) => {
    const host = hostsOf(topology, 'app').find((candidate) => candidate.name === name);
    if (host === undefined) throw new Error(`no host ${name}`);
    const text = await (await fetch(`http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`)).text();
    for (const metric of [
      'http_request_duration_seconds_bucket',
      'db_pool_connections',
      'cache_circuit_state',
      'release_info',
    ]) {
      expect(text).toContain(metric);
    }
    await expect(fetch(`http://${addressOn(host, 'app')}:${PORTS.appMetrics}/metrics`)).rejects.toThrow();
  },
);

it.each(hostsOf(topology, 'app').map(({ name }) => name))(
  'on %s the application cannot read the password of the account that may change the schema',
  async (name) => {
    const hosts = openHosts();
    const read = (user: string, secret: string) =>
      hosts.exec(name, ['s6-setuidgid', user, 'cat', `/run/holdfast/secrets/${secret}`]);
    expect((await read('app', 'db-app-password')).code).toBe(0);
    expect((await read('migrate', 'db-migrate-password')).code).toBe(0);
    expect((await read('app', 'db-migrate-password')).stderr).toContain('Permission denied');
    expect((await read('migrate', 'db-app-password')).stderr).toContain('Permission denied');
    const mounted = await hosts.exec(name, ['s6-setuidgid', 'app', 'cat', '/run/secrets/db-migrate-password']);
    expect(mounted.stderr).toContain('Permission denied');
  },
);
