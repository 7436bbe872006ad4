import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openHosts } from '../../../kit/hosts.ts';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../model/topology.ts';

const topology = makeTopology();
const shop = `http://${topology.virtualAddresses.front.address}:${topology.routes.http.port}`;
const orderSchema = z.object({ orderId: z.number(), idempotencyKey: z.string(), totalCents: z.number() });

/** A client that keeps its cookies, as browsers do. */
class Visitor {
  readonly cookies = new Map<string, string>();

  async ask(
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
    return await this.ask('/api/login', { body: { email: `user${user}@shop.test`, password: 'holdfast' } });
  }

  async order(
    key: string,
    productId = 1,
  ): Promise<{ readonly status: number; readonly order: z.infer<typeof orderSchema> }> {
    const response = await this.ask('/api/orders', { key, body: { items: [{ productId, quantity: 1 }] } });
    return { status: response.status, order: orderSchema.parse(await response.json()) };
  }
}

const visitor = new Visitor();
beforeAll(async () => {
  expect((await visitor.signIn(1)).status).toBe(200);
});

describe('pages', () => {
  it.each(['/', '/products', '/products?page=417', '/products/1', '/login'])('%s is a whole page', async (path) => {
    const response = await new Visitor().ask(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('</html>');
  });

  it('may be kept by the edge for everybody, but never for a session', async () => {
    expect((await new Visitor().ask('/products/2')).headers.get('cache-control')).toMatch(
      /public.*s-maxage=5.*stale-while-revalidate=30/,
    );
    expect((await visitor.ask('/products/2')).headers.get('cache-control')).toBe('private, no-store');
  });

  it('that do not exist say so', async () => {
    for (const path of ['/products/999999', '/products/x', '/nowhere', '/api/products/0']) {
      expect((await new Visitor().ask(path)).status).toBe(404);
    }
  });
});

describe('sessions', () => {
  it('need the right password', async () => {
    const response = await new Visitor().ask('/api/login', { body: { email: 'user1@shop.test', password: 'wrong' } });
    expect(response.status).toBe(401);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('are refused when the token was changed', async () => {
    const forger = new Visitor();
    await forger.signIn(2);
    forger.cookies.set('hf_session', (forger.cookies.get('hf_session') ?? '').replace(/^./, 'A'));
    expect((await forger.ask('/api/session')).status).toBe(401);
  });

  it('remember what was looked at', async () => {
    const seen = async (): Promise<unknown> => {
      // Session state is best effort: a write is dropped when the cache does not answer in time.
      await visitor.ask('/products/77');
      const session = z.object({ state: z.object({ recentProductIds: z.array(z.number()) }).nullable() });
      return session.parse(await (await visitor.ask('/api/session')).json()).state?.recentProductIds;
    };
    await expect.poll(seen, { timeout: 5_000 }).toContain(77);
  });
});

describe('orders', () => {
  it('need a session, a key and something to order', async () => {
    const body = { items: [{ productId: 1, quantity: 1 }] };
    expect((await new Visitor().ask('/api/orders', { key: randomUUID(), body })).status).toBe(401);
    expect((await visitor.ask('/api/orders', { body })).status).toBe(400);
    expect((await visitor.ask('/api/orders', { key: randomUUID(), body: { items: [] } })).status).toBe(400);
    const unknown = { items: [{ productId: 4_000_000, quantity: 1 }] };
    expect((await visitor.ask('/api/orders', { key: randomUUID(), body: unknown })).status).toBe(422);
  });

  it('are made once for a key, and a key cannot be used for another order', async () => {
    const key = randomUUID();
    const first = await visitor.order(key);
    expect(first.status).toBe(201);
    expect(await visitor.order(key)).toEqual({ status: 200, order: first.order });
    const other = await visitor.ask('/api/orders', { key, body: { items: [{ productId: 2, quantity: 1 }] } });
    expect(other.status).toBe(422);
  });

  it('are made once when the same request comes ten times at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => visitor.order(key)));
    expect(new Set(answers.map(({ order }) => order.orderId)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('are seen by the session that made them, at once and every time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { order } = await visitor.order(randomUUID(), 1 + round);
      const response = await visitor.ask(`/api/orders/${order.orderId}`);
      expect([response.status, response.headers.get('x-holdfast-stale')]).toEqual([200, null]);
      expect(await response.json()).toMatchObject({
        orderId: order.orderId,
        items: [{ productId: 1 + round, quantity: 1 }],
      });
    }
  });

  it('are seen also by a client that sends nothing but its session', async () => {
    const { order } = await visitor.order(randomUUID());
    expect((await visitor.ask(`/api/orders/${order.orderId}`, { cookies: ['hf_session'] })).status).toBe(200);
  });

  it("are nobody else's", async () => {
    const { order } = await visitor.order(randomUUID());
    const other = new Visitor();
    await other.signIn(3);
    expect((await other.ask(`/api/orders/${order.orderId}`)).status).toBe(404);
  });
});

it.each(hostsOf(topology, 'app').map(({ name }) => name))(
  '%s shows its metrics on the ops network only',
  async (name) => {
    const host = hostsOf(topology, 'app').find((candidate) => candidate.name === name);
    if (host === undefined) throw new Error(`no host ${name}`);
    const text = await (await fetch(`http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`)).text();
    for (const metric of [
      'http_request_duration_seconds_bucket',
      'db_pool_connections',
      'cache_circuit_state',
      'build_info',
    ]) {
      expect(text).toContain(metric);
    }
    await expect(fetch(`http://${addressOn(host, 'app')}:${PORTS.appMetrics}/metrics`)).rejects.toThrow();
  },
);

it.each(hostsOf(topology, 'app').map(({ name }) => name))(
  'on %s the application cannot read the password that may change the schema',
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
