import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { expect, it } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Host } from '../../deploy/model/topology.ts';
import { waitFor } from '../../kit/deadline.ts';
import { openHosts } from '../../kit/hosts.ts';
import { openPrometheus } from '../../kit/prometheus.ts';

const topology = makeTopology();
const [mon1, mon2] = hostsOf(topology, 'monitor') as [Host, Host];
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

interface Answered {
  /** Milliseconds. */
  readonly tookMs: number;
  readonly traceId: string;
}

/** Asks on the virtual address. */
function ask(method: string, path: string): Promise<Answered> {
  const { host, port } = routeAddress(topology, 'http');
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    request({ host, port, path, method, agent }, (response) => {
      response.resume().on('end', () => {
        resolve({ tookMs: performance.now() - begin, traceId: String(response.headers['x-trace-id']) });
      });
    })
      .on('error', reject)
      .end();
  });
}

async function probe(monitor: Host, module: string, target: string): Promise<string> {
  const query = new URLSearchParams({ module, target });
  const response = await fetch(`http://${addressOn(monitor, 'ops')}:${PORTS.exporter}/probe?${query.toString()}`);
  return await response.text();
}

/** Sum of the series of all hosts of a tier that begin so. */
async function total(monitor: Host, module: 'nginx-log' | 'haproxy-log', series: string): Promise<number> {
  const tier = module === 'nginx-log' ? 'web' : 'lb';
  const texts = await Promise.all(hostsOf(topology, tier).map(({ name }) => probe(monitor, module, name)));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith(series))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** The request rate limit counts the requests of neighbouring tests too: all come from one address. */
const ROUNDS = 10;

/** Nobody else asks so: what is counted of it is what a test has sent. */
const ODD = 'nginx_http_request_duration_seconds_count{method="HEAD",route="/logout",code="4xx"}';

it('both monitors count each request once, by route at Nginx and by way at HAProxy', async () => {
  const before = await Promise.all([mon1, mon2].map((monitor) => total(monitor, 'nginx-log', ODD)));
  const way = 'haproxy_log_requests_total{proxy="http",backend="web"';
  const ways = await total(mon1, 'haproxy-log', way);
  await Promise.all(Array.from({ length: 100 }, () => ask('HEAD', '/logout?secret=1')));
  for (const [index, monitor] of [mon1, mon2].entries()) {
    await waitFor(async () => (await total(monitor, 'nginx-log', ODD)) >= (before[index] ?? 0) + 100, {
      what: 'the lines of all requests',
      deadlineMs: 5_000,
    });
    expect(await total(monitor, 'nginx-log', ODD)).toBe((before[index] ?? 0) + 100);
  }
  expect(await total(mon1, 'haproxy-log', way)).toBeGreaterThanOrEqual(ways + 100);
  const text = await probe(mon1, 'nginx-log', 'web1');
  expect(text).not.toContain('secret');
  expect(await total(mon1, 'nginx-log', 'nginx_log_lines_malformed_total')).toBe(0);
  expect(await total(mon1, 'haproxy-log', 'haproxy_log_lines_malformed_total')).toBe(0);
});

it('a server that is reloaded or started again in order makes no line that is lost or cannot be read', async () => {
  const hosts = openHosts();
  const [balancer] = hostsOf(topology, 'lb') as [Host];
  const [web] = hostsOf(topology, 'web') as [Host];
  const bad = async (): Promise<readonly number[]> =>
    Promise.all([
      total(mon1, 'haproxy-log', 'haproxy_log_lines_malformed_total'),
      total(mon1, 'haproxy-log', 'haproxy_log_lines_lost_total'),
      total(mon1, 'nginx-log', 'nginx_log_lines_malformed_total'),
    ]);
  const messages = (): Promise<number> => total(mon1, 'haproxy-log', 'haproxy_log_messages_total');
  const [before, said] = [await bad(), await messages()];
  const orders = [
    [balancer, '-2', 'haproxy'],
    [balancer, '-2', 'haproxy'],
    [web, '-h', 'nginx'],
    [web, '-r', 'nginx'],
  ] as const;
  for (const [index, [host, order, service]] of orders.entries()) {
    const { code, stderr } = await hosts.exec(host.name, ['s6-svc', order, `/etc/s6/${service}`]);
    expect([code, stderr]).toEqual([0, '']);
    // The old process goes on numbering while the new one has begun.
    await Promise.allSettled(Array.from({ length: 50 }, () => ask('PATCH', '/logout')));
    if (service !== 'haproxy') continue;
    await waitFor(async () => (await messages()) > said + index, { what: 'what HAProxy says', deadlineMs: 10_000 });
  }
  expect(await bad()).toEqual(before);
});

it('promtool finds nothing wrong with what is exposed', async () => {
  const texts = [await probe(mon1, 'nginx-log', 'web1'), await probe(mon1, 'haproxy-log', 'lb1')];
  for (const text of texts) {
    const check = spawn('docker', ['exec', '--interactive', `holdfast-${mon1.name}`, 'promtool', 'check', 'metrics']);
    const said: Buffer[] = [];
    check.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    check.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    check.stdin.end(text);
    const [exitCode] = (await once(check, 'close')) as [number | null];
    expect([exitCode, Buffer.concat(said).toString()]).toEqual([0, '']);
  }
});

it.each([
  ['nginx_http_request_duration_seconds_bucket', mon1],
  ['haproxy_log_request_duration_seconds_bucket', mon2],
])('a request is found in Prometheus as an exemplar of %s', async (series, monitor) => {
  const sent = new Set<string>();
  const fromMs = Date.now() - 5_000;
  // Exemplars are of the latest request of a bucket: asked again until Prometheus has come by in time.
  await waitFor(
    async () => {
      // Two of a hundred are kept.
      for (const { traceId } of await Promise.all(Array.from({ length: 20 }, () => ask('HEAD', '/login'))))
        sent.add(traceId);
      const prometheus = openPrometheus(`http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}`);
      const exemplars = await prometheus.exemplars(series, { startMs: fromMs, endMs: fromMs + 60_000 });
      return exemplars.some(({ labels }) => sent.has(labels['trace_id'] ?? ''));
    },
    { what: 'an exemplar with a trace of these requests', deadlineMs: 60_000, intervalMs: 500 },
  );
});

it('a monitor that is gone costs no request and not a line of the other', async () => {
  const hosts = openHosts();
  const before = await total(mon1, 'nginx-log', ODD);
  const lost = await total(mon1, 'haproxy-log', 'haproxy_log_lines_lost_total');
  const begin = await countOfPool();
  try {
    await hosts.kill(mon2.name);
    // Where it was is forgotten at once, not after half a minute: from now on each line waits for an address that nobody has.
    for (const { name } of hostsOf(topology, 'lb')) {
      await hosts.exec(name, ['ip', 'neigh', 'flush', 'to', addressOn(mon2, 'ops')]);
    }
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const answered = await Promise.all(Array.from({ length: 20 }, () => ask('HEAD', '/logout')));
      times.push(...answered.map(({ tookMs }) => tookMs));
    }
    expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(200);
  } finally {
    await hosts.start(mon2.name);
  }
  await waitFor(async () => (await total(mon1, 'nginx-log', ODD)) >= before + ROUNDS * 20, {
    what: 'the lines of all requests',
    deadlineMs: 5_000,
  });
  expect(await total(mon1, 'nginx-log', ODD)).toBe(before + ROUNDS * 20);
  expect(await countOfPool()).toBeGreaterThanOrEqual(begin + ROUNDS * 20);
  expect(await total(mon1, 'haproxy-log', 'haproxy_log_lines_lost_total')).toBe(lost);
});

/** Requests that reached the application, as HAProxy's lines tell. */
function countOfPool(): Promise<number> {
  return total(mon1, 'haproxy-log', 'haproxy_log_requests_total{proxy="app-pool"');
}
