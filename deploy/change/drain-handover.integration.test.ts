import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Host, type RouteName } from '../model/topology.ts';
import { findHolders } from '../observe/virtual-address.ts';
import { CHECK_PATH } from '../tiers/edge/haproxy.ts';
import { drainEdge } from './drain-edge.ts';
import { drainLoadBalancer } from './drain-load-balancer.ts';
import {
  countFailures,
  Http2Client,
  makeOrders,
  requestHttp,
  startTraffic,
  type TrafficKind,
} from './testing-traffic.ts';

const topology = makeTopology();
const context = { topology, hosts: openHosts() };
const wait = { signal: new AbortController().signal, onWait: () => undefined };

const urlOf = (route: RouteName, scheme = 'http'): string => {
  const { host, port } = routeAddress(topology, route);
  return `${scheme}://${host}:${port}`;
};

let requested = 0;
/** A product page, or `light`, which costs less. */
const path = (light: string): string => {
  requested += 1;
  return requested % 4 === 0 ? `/products/${1 + (requested % 500)}` : light;
};

/** A login with a body that arrives slowly. It is refused at its end, because the password is too long. */
const upload = {
  ...({ path: '/api/login', method: 'POST', agent: false, uploadMs: 3_000, expected: 400 } as const),
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ email: 'user2@shop.test', password: 'x'.repeat(4_000) }),
};

/** Pages over new and kept-alive connections. The limits per client admit 100 requests per second. */
function pages(name: string, bases: readonly string[], light = '/healthz'): readonly TrafficKind[] {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const headers = { host: 'shop.test' };
  return [
    { kind: `${name}, new`, everyMs: 50, send: () => requestHttp(bases, { path: path(light), headers, agent: false }) },
    {
      ...{
        kind: `${name}, kept alive`,
        everyMs: 50,
        send: () => requestHttp(bases, { path: path(light), headers, agent }),
      },
      close: () => {
        agent.destroy();
      },
    },
  ];
}

function balancerTraffic(): readonly TrafficKind[] {
  const client = new Http2Client(urlOf('https', 'https'));
  const close = (): void => {
    client.close();
  };
  return [
    ...pages('front', [urlOf('http')]),
    ...pages('application', [urlOf('app-pool')], '/livez'),
    { kind: 'HTTP/2', everyMs: 50, send: () => client.send(path('/healthz')), close },
    { kind: 'slow download', everyMs: 1_000, send: () => client.send('/products', 200) },
    { kind: 'slow upload', everyMs: 1_000, send: () => requestHttp([urlOf('http')], upload) },
    makeOrders(urlOf('http'), 200, 4),
  ];
}

async function findOwner(): Promise<readonly [Host, Host]> {
  const owners = await findHolders(context, topology.virtualAddresses.front.address);
  const balancers = hostsOf(topology, 'lb');
  const owner = balancers.find(({ name }) => name === owners[0]);
  const other = balancers.find(({ name }) => name !== owners[0]);
  if (owners.length !== 1 || owner === undefined || other === undefined)
    throw new Error(`owners: ${owners.join(', ')}`);
  return [owner, other];
}

const isOwner = async ({ name }: Host): Promise<boolean> =>
  (
    await Promise.all(Object.values(topology.virtualAddresses).map(({ address }) => findHolders(context, address)))
  ).every((owners) => owners.join() === name);

it('a load balancer hands over the virtual IPs, and no request fails', async () => {
  const [owner, other] = await findOwner();
  const traffic = startTraffic(balancerTraffic());
  try {
    await waitFor(() => Promise.resolve(traffic.results.some(({ kind }) => kind === 'slow download')), {
      ...{ what: 'a slow download', deadlineMs: 20_000 },
    });
    await using drained = await drainLoadBalancer(context, owner, wait);
    expect(drained.cutConnections).toBe(0);
    expect(await isOwner(other)).toBe(true);
    // Its processes can end now.
    for (const service of ['haproxy', 'keepalived']) {
      expect((await context.hosts.exec(owner.name, ['s6-svc', '-r', `/etc/s6/${service}`])).code).toBe(0);
    }
    await waitFor(async () => (await context.hosts.exec(owner.name, ['/usr/local/bin/healthy'])).code === 0, {
      ...{ what: `a healthy ${owner.name}`, deadlineMs: 20_000 },
    });
    expect(await isOwner(other)).toBe(true);
  } finally {
    await traffic.stop();
  }
  expect(countFailures(traffic.results)).toEqual({});
  expect(traffic.results.length).toBeGreaterThan(500);
  const { stdout } = await context.hosts.exec(other.name, ['nft', 'list', 'map', 'ip', 'handover', 'previous']);
  expect(stdout).not.toContain('expires');
});

it('without the drain, a handover resets connections, so the traffic detects it', async () => {
  const [owner, other] = await findOwner();
  const traffic = startTraffic(balancerTraffic());
  try {
    await waitFor(() => Promise.resolve(traffic.results.some(({ kind }) => kind === 'slow upload')), {
      ...{ what: 'a slow upload', deadlineMs: 20_000 },
    });
    await context.hosts.exec(owner.name, ['s6-svc', '-r', '/etc/s6/keepalived']);
    await waitFor(() => isOwner(other), { what: `the virtual IPs on ${other.name}`, deadlineMs: 10_000 });
    await sleep(500);
  } finally {
    await traffic.stop();
  }
  expect(Object.keys(countFailures(traffic.results))).not.toEqual([]);
});

it('a drained load balancer takes the virtual IPs if the other one fails', async () => {
  const [owner, other] = await findOwner();
  await using _drained = await drainLoadBalancer(context, owner, wait);
  expect(await isOwner(other)).toBe(true);
  await context.hosts.pause(other.name);
  try {
    await waitFor(() => isOwner(owner), { what: `the virtual IPs on ${owner.name}`, deadlineMs: 10_000 });
    await expect(drainLoadBalancer(context, owner, wait)).rejects.toThrow(
      `No other load balancer can take the virtual IPs of ${owner.name}.`,
    );
    expect(
      await requestHttp([urlOf('http')], { path: path('/healthz'), headers: { host: 'shop.test' }, agent: false }),
    ).toBeUndefined();
  } finally {
    await context.hosts.unpause(other.name);
  }
  await waitFor(async () => (await isOwner(owner)) || (await isOwner(other)), {
    what: 'a single owner of the virtual IPs',
    deadlineMs: 10_000,
  });
});

it('a drained edge fails its health check first, then refuses connections, and no request fails', async () => {
  const [edge, other] = hostsOf(topology, 'edge');
  if (edge === undefined || other === undefined) throw new Error('the topology has no two edges');
  const [url, otherUrl] = [edge, other].map((one) => `http://${addressOn(one, 'front')}:${PORTS.edge}`);
  if (url === undefined || otherUrl === undefined) throw new Error('an edge has no address');
  // The name of a site with two edges has two addresses.
  const traffic = startTraffic([
    ...pages('edge', [url, otherUrl], '/products/1'),
    { kind: 'slow upload', everyMs: 1_000, send: () => requestHttp([url, otherUrl], upload) },
  ]);
  const check = (): Promise<string | undefined> => requestHttp([url], { path: CHECK_PATH, agent: false });
  const stopping = new AbortController();
  try {
    await waitFor(() => Promise.resolve(traffic.results.some(({ kind }) => kind === 'slow upload')), {
      ...{ what: 'a slow upload', deadlineMs: 20_000 },
    });
    const checks: (string | undefined)[] = [];
    const checking = (async () => {
      while (!stopping.signal.aborted) {
        checks.push(await check().catch((error: unknown) => String((error as NodeJS.ErrnoException).code)));
        await sleep(50);
      }
    })();
    await using drained = await drainEdge(context, edge, wait);
    stopping.abort();
    await checking;
    expect(drained.cutConnections).toBe(0);
    expect([...new Set(checks)]).toEqual([undefined, 'status 503', 'ECONNREFUSED']);
  } finally {
    stopping.abort();
    await traffic.stop();
  }
  expect(countFailures(traffic.results)).toEqual({});
  expect(traffic.results.length).toBeGreaterThan(100);
  await waitFor(async () => (await check()) === undefined, { what: `a serving ${edge.name}`, deadlineMs: 40_000 });
});
