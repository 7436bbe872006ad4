import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../../kit/deadline.ts';
import { openHosts } from '../../../kit/hosts.ts';
import { addressOn, hostsOf, makeTopology, PORTS } from '../../model/topology.ts';
import { readUpServers } from '../../observe/haproxy-servers.ts';
import { readerStalenessMs } from '../../model/profile.ts';
import { ownWriteSeconds } from './shop/session.ts';

/** Runs against the deployed stack. Blocks the applier of one secondary for a while, and restores it. */
const topology = makeTopology();
const hosts = openHosts();
const balancers = hostsOf(topology, 'lb');
const [edge] = hostsOf(topology, 'edge');
const shop = `http://${edge === undefined ? '' : addressOn(edge, 'front')}:${PORTS.edge}`;
const { maxLagMs } = topology.profile.role;
const ordersSchema = z.object({ orders: z.array(z.object({ orderId: z.number() })) });

interface NodeLag {
  readonly node: string;
  readonly lagSeconds: number;
}

/** The writer, and the lag of each node, as exposed by one role agent. */
async function readAgent(
  balancer: (typeof balancers)[number],
): Promise<{ readonly writer: string; readonly nodes: readonly NodeLag[] }> {
  const url = `http://${addressOn(balancer, 'ops')}:${PORTS.roleAgentMetrics}/metrics`;
  const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
  const lags = text.matchAll(/^holdfast_db_node_apply_lag_seconds\{node="(\w+)"\} (\S+)$/gm);
  return {
    writer: /^holdfast_db_writer\{node="(\w+)"\} 1$/m.exec(text)?.[1] ?? '',
    nodes: [...lags].map(([, node = '', lag]) => ({ node, lagSeconds: Number(lag) })),
  };
}

/** Number of nodes that HAProxy sends reads to. Read from HAProxy, because the role agent pushes its decision slightly later. */
async function readersIn(balancer: (typeof balancers)[number]): Promise<number> {
  const url = `http://${addressOn(balancer, 'ops')}:${PORTS.haproxyStats}/metrics?scope=server&metrics=haproxy_server_status`;
  const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
  return [...text.matchAll(/^haproxy_server_status\{proxy="db-read",server="\w+",state="UP"\} 1$/gm)].length;
}

async function readersOfAll(count: number, deadlineMs: number): Promise<void> {
  await waitFor(
    async () => {
      const all = await Promise.all(balancers.map(readersIn));
      return all.every((readers) => readers === count);
    },
    { what: `${count} readers on every load balancer`, deadlineMs },
  );
}

async function sql(node: string, statement: string): Promise<string> {
  const command = ['mysql', '--no-defaults', '--socket=/run/mysqld/mysqld.sock', '-NBe', statement];
  const result = await hosts.exec(node, command);
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

/** Locks the orders table of a secondary, as a backup may do: its applier waits, but its replication channel is healthy. */
async function lockOrders(node: string): Promise<AsyncDisposable> {
  const mark = `lock ${randomUUID()}`;
  const holding = sql(node, `LOCK TABLES shop.orders READ; SELECT '${mark}', SLEEP(200)`).catch(() => '');
  const find = `SELECT ID FROM performance_schema.processlist WHERE INFO LIKE '%${mark}%' AND ID <> CONNECTION_ID()`;
  const id = await waitFor(async () => (await sql(node, find)) || undefined, { what: 'the lock', deadlineMs: 10_000 });
  return {
    [Symbol.asyncDispose]: async () => {
      await sql(node, `KILL ${id}`).catch(() => '');
      await holding;
    },
  };
}

/** The cookies of a signed-in session. */
async function signIn(): Promise<Map<string, string>> {
  const response = await send('/api/login', new Map(), { body: { email: 'user7@shop.test', password: 'holdfast' } });
  expect(response.status).toBe(200);
  return cookiesOf(response, new Map());
}

async function send(
  path: string,
  cookies: ReadonlyMap<string, string>,
  post?: { readonly body: unknown; readonly key?: string },
): Promise<Response> {
  return await fetch(`${shop}${path}`, {
    ...(post === undefined ? {} : { method: 'POST', body: JSON.stringify(post.body) }),
    headers: {
      'content-type': 'application/json',
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(post?.key === undefined ? {} : { 'idempotency-key': post.key }),
    },
    signal: AbortSignal.timeout(15_000),
  });
}

function cookiesOf(response: Response, before: ReadonlyMap<string, string>): Map<string, string> {
  const pairs = response.headers.getSetCookie().map((cookie) => (cookie.split(';')[0] ?? '').split(/=(.*)/s));
  return new Map([...before, ...pairs.map(([name = '', value = '']) => [name, value] as const)]);
}

async function placeOrder(
  session: ReadonlyMap<string, string>,
  key: string,
): Promise<{ readonly orderId: number; readonly status: number; readonly cookies: Map<string, string> }> {
  const body = { items: [{ productId: 5, quantity: 1 }] };
  const response = await send('/api/orders', session, { body, key });
  const { orderId } = z.object({ orderId: z.number() }).parse(await response.json());
  return { orderId, status: response.status, cookies: cookiesOf(response, session) };
}

/** The problem with the session's list of orders; `undefined` if it contains the order and is not stale. */
async function problemOf(cookies: ReadonlyMap<string, string>, orderId: number): Promise<string | undefined> {
  const response = await send(`/api/orders?after=${orderId - 1}`, cookies);
  if (response.status !== 200) return `status ${response.status}`;
  if (response.headers.has('x-holdfast-stale')) return 'stale';
  const { orders } = ordersSchema.parse(await response.json());
  return orders.some((order) => order.orderId === orderId) ? undefined : 'the order is missing';
}

it('a session always sees its own order while the applier of a secondary is blocked, and the secondary gets no reads', async () => {
  const secondaries = hostsOf(topology, 'db').length - 1;
  await readersOfAll(secondaries, 60_000);
  const [balancer] = balancers;
  if (balancer === undefined) throw new Error('there is no load balancer');
  const { nodes, writer } = await readAgent(balancer);
  const lagging = nodes.find(({ node }) => node !== writer)?.node ?? '';
  const session = await signIn();
  await using lock = await lockOrders(lagging);
  const key = randomUUID();
  const { orderId, cookies } = await placeOrder(session, key);
  const replayed = await placeOrder(session, key);
  expect([replayed.status, replayed.orderId]).toEqual([200, orderId]);
  const problems: string[] = [];
  const checkOrders = async (client: string, clientCookies: ReadonlyMap<string, string>): Promise<void> => {
    const problem = await problemOf(clientCookies, orderId);
    if (problem !== undefined) problems.push(`${client}: ${problem}`);
  };
  const readLag = async (): Promise<number> =>
    (await readAgent(balancer)).nodes.find(({ node }) => node === lagging)?.lagSeconds ?? NaN;
  await waitFor(
    async () => {
      await checkOrders('the session', cookies);
      await checkOrders('the session with the replayed order', replayed.cookies);
      return (await readLag()) * 1_000 > maxLagMs;
    },
    { what: `a lag of ${lagging} above the limit`, deadlineMs: 60_000 },
  );
  await readersOfAll(secondaries - 1, 2 * readerStalenessMs(topology.profile));
  // The agents decide; each load balancer applies it at its next agent check.
  await waitFor(
    async () => {
      const routes = await Promise.all(balancers.map((one) => readUpServers(one, 'db-read')));
      return routes.every((servers) => !servers.includes(lagging));
    },
    { what: `db-read without ${lagging} on every load balancer`, deadlineMs: 2 * readerStalenessMs(topology.profile) },
  );
  // All readers have the order now, so a client that sends only its session cookie also sees it.
  for (let read = 0; read < 20; read += 1) await checkOrders('the session without its own-write cookie', session);
  expect(problems).toEqual([]);
  await lock[Symbol.asyncDispose]();
  await readersOfAll(secondaries, 60_000);
  expect((await readLag()) * 1_000).toBeLessThanOrEqual(maxLagMs / 2);
});

it('the own-write cookie is valid for as long as reads may be stale', async () => {
  const session = await signIn();
  const body = { items: [{ productId: 6, quantity: 1 }] };
  const response = await send('/api/orders', session, { body, key: randomUUID() });
  const cookie = response.headers.getSetCookie().find((text) => text.startsWith('hf_gtid='));
  const seconds = Number(/Max-Age=(\d+)/.exec(cookie ?? '')?.[1]);
  expect(seconds).toBe(ownWriteSeconds(readerStalenessMs(topology.profile)));
});
