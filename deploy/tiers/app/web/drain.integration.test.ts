import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../../../kit/deadline.ts';
import { openHosts } from '../../../../kit/hosts.ts';
import { addressOn, hostsOf, makeTopology, PORTS, routeAddress, type Host } from '../../../model/topology.ts';

const topology = makeTopology();
const hosts = openHosts();
const apps = hostsOf(topology, 'app');
const [draining] = apps as [Host];
const balancers = hostsOf(topology, 'lb');
const front = routeAddress(topology, 'http');
const pool = routeAddress(topology, 'app-pool');
const direct = { host: addressOn(draining, 'app'), port: PORTS.app };

/** A request every 50 ms: enough to have requests in flight during the whole restart, and far below the capacity of two cores. */
const STREAM_INTERVAL_MS = 50;
/** Longer than the maximum restart; ends the stream of a hanging test. */
const STREAM_DEADLINE_MS = 90_000;
const RESTART_DEADLINE_MS = 60_000;
const LOGIN = JSON.stringify({ email: 'user1@shop.test', password: 'holdfast' });

interface RequestOptions {
  readonly to?: { readonly host: string; readonly port: number };
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: a new connection. */
  readonly agent?: Agent;
  readonly timeoutMs?: number;
}

function open({
  to = front,
  method = 'GET',
  path,
  headers = {},
  agent,
  timeoutMs = 15_000,
}: RequestOptions): ClientRequest {
  const signal = AbortSignal.timeout(timeoutMs);
  return request({ ...to, method, path, headers, agent: agent ?? false, signal });
}

/** The status and text of a complete response. */
async function answerTo(sent: ClientRequest): Promise<{ readonly status: number; readonly text: string }> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return { status: response.statusCode ?? 0, text };
}

async function send(what: RequestOptions, body?: string): Promise<{ readonly status: number; readonly text: string }> {
  const sent = open({ ...what, headers: { 'content-type': 'application/json', ...what.headers } });
  const answer = answerTo(sent);
  sent.end(body);
  return answer;
}

async function signIn(): Promise<string> {
  const response = await fetch(`http://${front.host}:${front.port}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: LOGIN,
    signal: AbortSignal.timeout(15_000),
  });
  expect(response.status).toBe(200);
  return response.headers.getSetCookie().join('; ');
}

/** The value of a HAProxy series about a server of the pool, per load balancer. */
async function serverValues(metric: string, host: Host, more = ''): Promise<ReadonlyMap<string, number>> {
  const series = `haproxy_server_${metric}{proxy="app-pool",server="${host.name}"${more}} `;
  const values = balancers.map(async (balancer): Promise<[string, number]> => {
    const url = `http://${addressOn(balancer, 'ops')}:${PORTS.haproxyStats}/metrics?scope=server`;
    const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
    const line = text.split('\n').find((one) => one.startsWith(series));
    if (line === undefined) throw new Error(`${balancer.name} exposes no series for ${host.name}`);
    return [balancer.name, Number(line.slice(series.length))];
  });
  return new Map(await Promise.all(values));
}

/** Requests of load balancers that are in flight at a host. */
async function sessionsAt(host: Host): Promise<number> {
  return [...(await serverValues('current_sessions', host)).values()].reduce((sum, one) => sum + one, 0);
}

/** The load balancers that send requests to the application host. */
async function balancersThatUse(host: Host): Promise<readonly string[]> {
  return [...(await serverValues('status', host, ',state="UP"'))].flatMap(([name, isUp]) => (isUp === 1 ? [name] : []));
}

/** The response to a readiness check. Uses a new connection each time, which shows whether the application still listens. */
async function readReadiness(): Promise<string> {
  try {
    const { status, text } = await send({ to: direct, path: '/readyz', timeoutMs: 2_000 });
    return `${status} ${text.trim()}`;
  } catch (error) {
    // A connection that the kernel accepted before the application stopped listening is reset.
    if (error instanceof Error && /ECONNREFUSED|ECONNRESET|socket hang up/.test(error.message)) return 'closed';
    throw error;
  }
}

interface Observation {
  readonly readiness: string;
  /** The load balancers that used the host just before the check. */
  readonly usedBy: readonly string[];
}

/** Polls the application until it has closed and is in use again. */
async function watchRestart(): Promise<readonly Observation[]> {
  const observations: Observation[] = [];
  await waitFor(
    async () => {
      const usedBy = await balancersThatUse(draining);
      const readiness = await readReadiness();
      observations.push({ readiness, usedBy });
      return (
        observations.some((observation) => observation.readiness === 'closed') && usedBy.length === balancers.length
      );
    },
    { what: `${draining.name} closed and in use again`, deadlineMs: RESTART_DEADLINE_MS, intervalMs: 20 },
  );
  return observations;
}

/** Restarts the application as a deployment does: the supervisor sends TERM and starts it again. */
async function restart(): Promise<void> {
  const { code, stderr } = await hosts.exec(draining.name, ['s6-svc', '-r', '/etc/s6/app']);
  expect(`${code} ${stderr}`).toBe('0 ');
}

/** Exit statuses of the application since its supervisor was started. */
async function exits(): Promise<readonly string[]> {
  const { stdout } = await hosts.exec(draining.name, ['s6-svdt', '/etc/s6/app']);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(line.indexOf(' ') + 1)]));
}

/** Number of requests that the application has served since its start. */
async function answered(host: Host): Promise<number> {
  const url = `http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`;
  const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
  const counts = text.matchAll(/^http_request_duration_seconds_count\{([^}]*)\} (\d+)/gm);
  // Without the load balancers' health checks.
  return [...counts]
    .filter(([, labels = '']) => !labels.includes('readyz'))
    .reduce((sum, one) => sum + Number(one[2]), 0);
}

interface Stream extends AsyncDisposable {
  readonly outcomes: readonly { readonly what: string; readonly outcome: string }[];
  /** Stops sending and waits for requests in flight. */
  stop(): Promise<void>;
}

/**
 * An open-loop stream of requests: pages, orders, and logins, which a load balancer must not retry. Each kind uses both keep-alive and new
 * connections.
 */
function openStream(cookie: string): Stream {
  const keepAlive = new Agent({ keepAlive: true, maxSockets: 8 });
  const outcomes: { what: string; outcome: string }[] = [];
  const inFlight = new Set<Promise<void>>();
  let sent = 0;
  const sendNext = (): void => {
    const number = sent++;
    const connection = number % 2 === 0 ? { agent: keepAlive } : {};
    const kinds = [
      { what: 'page', wanted: 200, start: () => send({ ...connection, path: `/products/${1 + (number % 500)}` }) },
      { what: 'login', wanted: 200, start: () => send({ ...connection, method: 'POST', path: '/api/login' }, LOGIN) },
      {
        what: 'order',
        wanted: 201,
        start: () =>
          send(
            {
              ...connection,
              method: 'POST',
              path: '/api/orders',
              headers: { cookie, 'idempotency-key': randomUUID() },
            },
            JSON.stringify({ items: [{ productId: 1 + (number % 500), quantity: 1 }] }),
          ),
      },
    ];
    // Two consecutive requests of each kind: one over a keep-alive connection, one over a new one.
    const kind = kinds[Math.floor(number / 2) % kinds.length];
    if (kind === undefined) return;
    const run = kind.start().then(
      ({ status }) => (status === kind.wanted ? 'done' : `status ${status}`),
      (error: unknown) => String(error),
    );
    const recorded = run.then((outcome) => {
      outcomes.push({ what: `${kind.what} over a ${number % 2 === 0 ? 'keep-alive' : 'new'} connection`, outcome });
    });
    inFlight.add(recorded);
    void recorded.finally(() => inFlight.delete(recorded));
  };
  const timer = setInterval(sendNext, STREAM_INTERVAL_MS);
  const end = setTimeout(() => {
    clearInterval(timer);
  }, STREAM_DEADLINE_MS);
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    clearTimeout(end);
    await Promise.all(inFlight);
    keepAlive.destroy();
  };
  return { outcomes, stop, [Symbol.asyncDispose]: stop };
}

/** Waits until every host is in use. Also checks readiness, because a load balancer considers a killed application up until its next check. */
async function everyHostInUse(): Promise<void> {
  await waitFor(
    async () => {
      if ((await readReadiness()) !== '200 ready') return false;
      return (await Promise.all(apps.map(balancersThatUse))).every((using) => using.length === balancers.length);
    },
    { what: 'every application host in use', deadlineMs: RESTART_DEADLINE_MS },
  );
}

beforeAll(everyHostInUse);
afterEach(everyHostInUse);

it('a terminating application fails no request, and keeps serving as not ready until no load balancer uses it', async () => {
  await using stream = openStream(await signIn());
  await waitFor(() => Promise.resolve(stream.outcomes.length >= 40), { what: 'requests', deadlineMs: 20_000 });
  const before = await exits();
  const answeredBefore = await answered(draining);
  expect(answeredBefore).toBeGreaterThan(0);

  await restart();
  const observations = await watchRestart();
  expect(await exits()).toEqual([...before, 'exitcode 0']);
  // It serves requests of the same stream again.
  await waitFor(async () => (await answered(draining)) >= 10, {
    what: 'requests after the restart',
    deadlineMs: 30_000,
  });
  await stream.stop();

  expect(stream.outcomes.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  expect(new Set(stream.outcomes.map(({ what }) => what)).size).toBe(6);
  const steps = observations
    .map(({ readiness }) => readiness)
    .filter((readiness, index, all) => readiness !== all[index - 1]);
  expect(steps.filter((readiness) => readiness !== '200 ready').slice(0, 2)).toEqual(['404 draining', 'closed']);
  // It still listened after the last load balancer had stopped using it, and no load balancer used it after it had closed.
  expect(observations).toContainEqual({ readiness: '404 draining', usedBy: [] });
  expect(observations.filter(({ readiness, usedBy }) => readiness === 'closed' && usedBy.length > 0)).toEqual([]);
});

it('requests in flight at a draining host are served, also after load balancers stop using it', async () => {
  const headers = { 'content-type': 'application/json', 'content-length': String(LOGIN.length) };
  // Without their second half, they can be neither served nor retried on another host.
  const unfinished = [1, 2, 3, 4].map(() =>
    open({ to: pool, method: 'POST', path: '/api/login', headers, timeoutMs: 60_000 }),
  );
  const responses = Promise.all(unfinished.map(answerTo));
  responses.catch(() => undefined);
  for (const one of unfinished) one.write(LOGIN.slice(0, 10));
  await waitFor(
    async () => {
      const [atLeaving = 0, ...others] = await Promise.all(apps.map(sessionsAt));
      return atLeaving >= 1 && others.reduce((sum, one) => sum + one, atLeaving) >= unfinished.length;
    },
    { what: 'the first halves arrived', deadlineMs: 10_000 },
  );

  await restart();
  let aloneSinceMs: number | undefined;
  const readiness: string[] = [];
  await waitFor(
    async () => {
      const isAlone = (await balancersThatUse(draining)).length === 0;
      aloneSinceMs = isAlone ? (aloneSinceMs ?? performance.now()) : undefined;
      readiness.push(await readReadiness());
      return aloneSinceMs !== undefined && performance.now() - aloneSinceMs > 1.5 * topology.profile.client.drainMs;
    },
    { what: `${draining.name} unused for longer than the drain time`, deadlineMs: RESTART_DEADLINE_MS },
  );
  expect(readiness).toContain('404 draining');
  expect(readiness).not.toContain('closed');
  for (const one of unfinished) one.end(LOGIN.slice(10));
  expect((await responses).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});
