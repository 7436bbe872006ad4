import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { waitFor } from '../../kit/deadline.ts';
import { openPrometheus, sumIncrease } from '../../kit/prometheus.ts';
import { addressOn, hostsOf, PORTS, type Host, type Topology } from '../model/topology.ts';
import { queryNode } from '../observe/db-connection.ts';

/** One order that was placed. */
export interface Order {
  readonly key: string;
  /** HTTP status, or the text of an error. */
  readonly status: number | string;
  readonly ms: number;
}

interface OrderClient {
  /** Prefix of the idempotency keys. */
  readonly runId: string;
  /** Waits for the orders in flight, and returns all. */
  readonly stop: () => Promise<readonly Order[]>;
}

/** Places an order at an edge every 50 ms until it is stopped. */
export async function placeOrders(topology: Topology): Promise<OrderClient> {
  const [edge] = hostsOf(topology, 'edge');
  const shop = `http://${edge === undefined ? '' : addressOn(edge, 'front')}:${PORTS.edge}`;
  const login = await fetch(`${shop}/api/login`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ email: 'user7@shop.test', password: 'holdfast' }),
  });
  if (!login.ok) throw new Error(`the login failed with status ${login.status}`);
  const cookie = login.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const runId = randomUUID().slice(0, 8);
  const orders: Order[] = [];
  let isOver = false;
  const place = async (key: string): Promise<void> => {
    const startMs = performance.now();
    const status = await fetch(`${shop}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, 'idempotency-key': key },
      body: JSON.stringify({ items: [{ productId: 1 + Math.floor(Math.random() * 500), quantity: 1 }] }),
      signal: AbortSignal.timeout(15_000),
    })
      .then(async (response) => {
        await response.arrayBuffer();
        return response.status;
      })
      .catch(String);
    orders.push({ key, status, ms: performance.now() - startMs });
  };
  const run = async (): Promise<void> => {
    const inFlight: Promise<void>[] = [];
    while (!isOver) {
      inFlight.push(place(`${runId}-${inFlight.length}`));
      await sleep(50);
    }
    await Promise.all(inFlight);
  };
  const running = run();
  return {
    runId,
    stop: async () => {
      isOver = true;
      await running;
      return orders;
    },
  };
}

/** Waits until no request of the last seconds has failed or was slow: a change of a healthy host begins only then. */
export async function waitUntilServed(topology: Topology): Promise<void> {
  const [monitor] = hostsOf(topology, 'monitor');
  const prometheus = openPrometheus(
    `http://${monitor === undefined ? '' : addressOn(monitor, 'ops')}:${PORTS.prometheus}`,
  );
  const count = (selector: string): Promise<number> => sumIncrease(prometheus, selector, '30s');
  await waitFor(
    async () => {
      const failed = await count('site_requests_total{source="client",outcome="error"}');
      const all = await count('http_request_duration_seconds_count');
      const fast = await count('http_request_duration_seconds_bucket{le=~"1([.]0)?"}');
      return failed === 0 && all === fast;
    },
    { what: 'fast requests without failures', deadlineMs: 90_000, intervalMs: 500 },
  );
}

/** The number of stored orders of a run. */
export async function countStored(node: Host, runId: string): Promise<number> {
  const sql = 'SELECT COUNT(*) AS found FROM shop.orders WHERE idempotency_key LIKE ?';
  const rows = await queryNode(node, { user: 'audit', sql, values: [`${runId}-%`], timeoutMs: 10_000 });
  return z.array(z.object({ found: z.coerce.number() })).parse(rows)[0]?.found ?? NaN;
}

/** Orders without the response 201. */
export const failuresOf = (orders: readonly Order[]): readonly Order[] => orders.filter(({ status }) => status !== 201);
/** Milliseconds of the longest order. */
export const longestOf = (orders: readonly Order[]): number => Math.round(Math.max(...orders.map(({ ms }) => ms)));

/** The first `count` moments of a kill, or all of them with `HOLDFAST_EVERY_KILL=1`: together they take minutes. */
export function sampleKills<T>(all: readonly T[], count: number): readonly T[] {
  return process.env['HOLDFAST_EVERY_KILL'] === '1' ? all : all.slice(0, count);
}
