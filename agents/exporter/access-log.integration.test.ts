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

interface TimedResponse {
  /** Milliseconds. */
  readonly tookMs: number;
  readonly traceId: string;
}

/** Sends a request to the virtual IP. */
function sendRequest(method: string, path: string): Promise<TimedResponse> {
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

/** Sum of all series of a tier that begin with `series`. */
async function total(monitor: Host, module: 'nginx-log' | 'haproxy-log', series: string): Promise<number> {
  const tier = module === 'nginx-log' ? 'web' : 'lb';
  const texts = await Promise.all(hostsOf(topology, tier).map(({ name }) => probe(monitor, module, name)));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith(series))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Number of request rounds. The rate limit also counts the requests of other tests, because all come from one address. */
const ROUNDS = 10;

/** Only these tests send such requests, so the count is exact. */
const RARE_SERIES = 'nginx_http_request_duration_seconds_count{method="HEAD",route="/logout",code="4xx"}';

it('both monitors count each request once, by route for Nginx and by backend for HAProxy', async () => {
  const before = await Promise.all([mon1, mon2].map((monitor) => total(monitor, 'nginx-log', RARE_SERIES)));
  const backendSeries = 'haproxy_log_requests_total{proxy="http",backend="web"';
  const backendBefore = await total(mon1, 'haproxy-log', backendSeries);
  await Promise.all(Array.from({ length: 100 }, () => sendRequest('HEAD', '/logout?secret=1')));
  for (const [index, monitor] of [mon1, mon2].entries()) {
    await waitFor(async () => (await total(monitor, 'nginx-log', RARE_SERIES)) >= (before[index] ?? 0) + 100, {
      what: 'the log lines of all requests',
      deadlineMs: 5_000,
    });
    expect(await total(monitor, 'nginx-log', RARE_SERIES)).toBe((before[index] ?? 0) + 100);
  }
  expect(await total(mon1, 'haproxy-log', backendSeries)).toBeGreaterThanOrEqual(backendBefore + 100);
  const text = await probe(mon1, 'nginx-log', 'web1');
  expect(text).not.toContain('secret');
  expect(await total(mon1, 'nginx-log', 'nginx_log_lines_malformed_total')).toBe(0);
  expect(await total(mon1, 'haproxy-log', 'haproxy_log_lines_malformed_total')).toBe(0);
});

it('a graceful reload or restart of a server causes no lost or malformed lines', async () => {
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
  const [before, messagesBefore] = [await bad(), await messages()];
  const signals = [
    [balancer, '-2', 'haproxy'],
    [balancer, '-2', 'haproxy'],
    [web, '-h', 'nginx'],
    [web, '-r', 'nginx'],
  ] as const;
  for (const [index, [host, order, service]] of signals.entries()) {
    const { code, stderr } = await hosts.exec(host.name, ['s6-svc', order, `/etc/s6/${service}`]);
    expect([code, stderr]).toEqual([0, '']);
    // The old process continues its sequence numbers while the new one has started its own.
    await Promise.allSettled(Array.from({ length: 50 }, () => sendRequest('PATCH', '/logout')));
    if (service !== 'haproxy') continue;
    await waitFor(async () => (await messages()) > messagesBefore + index, {
      what: 'a message of HAProxy',
      deadlineMs: 10_000,
    });
  }
  expect(await bad()).toEqual(before);
  // Old workers finish their sessions, until `hard-stop-after` at most. No other test must run beside them.
  await waitFor(
    async () => (await hosts.exec(balancer.name, ['pidof', 'haproxy'])).stdout.trim().split(/\s+/).length === 2,
    { what: 'one master and one worker of HAProxy', deadlineMs: 45_000 },
  );
});

it('promtool accepts the exposed metrics', async () => {
  const texts = [await probe(mon1, 'nginx-log', 'web1'), await probe(mon1, 'haproxy-log', 'lb1')];
  for (const text of texts) {
    const check = spawn('docker', ['exec', '--interactive', `holdfast-${mon1.name}`, 'promtool', 'check', 'metrics']);
    const output: Buffer[] = [];
    check.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    check.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    check.stdin.end(text);
    const [exitCode] = (await once(check, 'close')) as [number | null];
    expect([exitCode, Buffer.concat(output).toString()]).toEqual([0, '']);
  }
});

it.each([
  ['nginx_http_request_duration_seconds_bucket', mon1],
  ['haproxy_log_request_duration_seconds_bucket', mon2],
])('a request is found in Prometheus as an exemplar of %s', async (series, monitor) => {
  const sent = new Set<string>();
  const fromMs = Date.now() - 5_000;
  // A bucket has the exemplar of its latest request only, so requests are sent until Prometheus scrapes one in time.
  await waitFor(
    async () => {
      // 2 % of the traces are sampled.
      for (const { traceId } of await Promise.all(Array.from({ length: 20 }, () => sendRequest('HEAD', '/login'))))
        sent.add(traceId);
      const prometheus = openPrometheus(`http://${addressOn(monitor, 'ops')}:${PORTS.prometheus}`);
      const exemplars = await prometheus.exemplars(series, { startMs: fromMs, endMs: fromMs + 60_000 });
      return exemplars.some(({ labels }) => sent.has(labels['trace_id'] ?? ''));
    },
    { what: 'an exemplar with a trace of these requests', deadlineMs: 60_000, intervalMs: 500 },
  );
});

it('a monitor that is down affects neither requests nor the lines at the other monitor', async () => {
  const hosts = openHosts();
  const before = await total(mon1, 'nginx-log', RARE_SERIES);
  const lost = await total(mon1, 'haproxy-log', 'haproxy_log_lines_lost_total');
  const begin = await countOfPool();
  try {
    await hosts.kill(mon2.name);
    // Flush the ARP entry now instead of waiting half a minute for its expiry: from now on each line waits for an ARP reply that never comes.
    for (const { name } of hostsOf(topology, 'lb')) {
      await hosts.exec(name, ['ip', 'neigh', 'flush', 'to', addressOn(mon2, 'ops')]);
    }
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const responses = await Promise.all(Array.from({ length: 20 }, () => sendRequest('HEAD', '/logout')));
      times.push(...responses.map(({ tookMs }) => tookMs));
    }
    expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(200);
  } finally {
    await hosts.start(mon2.name);
  }
  await waitFor(async () => (await total(mon1, 'nginx-log', RARE_SERIES)) >= before + ROUNDS * 20, {
    what: 'the lines of all requests',
    deadlineMs: 5_000,
  });
  expect(await total(mon1, 'nginx-log', RARE_SERIES)).toBe(before + ROUNDS * 20);
  expect(await countOfPool()).toBeGreaterThanOrEqual(begin + ROUNDS * 20);
  expect(await total(mon1, 'haproxy-log', 'haproxy_log_lines_lost_total')).toBe(lost);
});

/** Number of requests that reached the application, according to HAProxy's log lines. */
function countOfPool(): Promise<number> {
  return total(mon1, 'haproxy-log', 'haproxy_log_requests_total{proxy="app-pool"');
}
