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
const [leaving] = apps as [Host];
const balancers = hostsOf(topology, 'lb');
const front = routeAddress(topology, 'http');
const pool = routeAddress(topology, 'app-pool');
const direct = { host: addressOn(leaving, 'app'), port: PORTS.app };

/** A request every 50 ms: enough that some are under way at every instant of the restart, far from what two cores can do. */
const STREAM_INTERVAL_MS = 50;
/** Longer than the whole restart may take; a stream whose test hangs ends by itself. */
const STREAM_DEADLINE_MS = 90_000;
const RESTART_DEADLINE_MS = 60_000;
const LOGIN = JSON.stringify({ email: 'user1@shop.test', password: 'holdfast' });

interface Ask {
  readonly to?: { readonly host: string; readonly port: number };
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
  readonly timeoutMs?: number;
}

function open({ to = front, method = 'GET', path, headers = {}, agent, timeoutMs = 15_000 }: Ask): ClientRequest {
  const signal = AbortSignal.timeout(timeoutMs);
  return request({ ...to, method, path, headers, agent: agent ?? false, signal });
}

/** Its status and text, once the whole of it is there. */
async function answerTo(sent: ClientRequest): Promise<{ readonly status: number; readonly text: string }> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return { status: response.statusCode ?? 0, text };
}

async function ask(what: Ask, body?: string): Promise<{ readonly status: number; readonly text: string }> {
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

/** What each load balancer says of a server of the pool: a series of HAProxy by its labels. */
async function serverValues(metric: string, host: Host, more = ''): Promise<ReadonlyMap<string, number>> {
  const series = `haproxy_server_${metric}{proxy="app-pool",server="${host.name}"${more}} `;
  const values = balancers.map(async (balancer): Promise<[string, number]> => {
    const url = `http://${addressOn(balancer, 'ops')}:${PORTS.haproxyStats}/metrics?scope=server`;
    const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
    const line = text.split('\n').find((one) => one.startsWith(series));
    if (line === undefined) throw new Error(`${balancer.name} tells nothing of ${host.name}`);
    return [balancer.name, Number(line.slice(series.length))];
  });
  return new Map(await Promise.all(values));
}

/** Requests that load balancers have under way at a host. */
async function sessionsAt(host: Host): Promise<number> {
  return [...(await serverValues('current_sessions', host)).values()].reduce((sum, one) => sum + one, 0);
}

/** The load balancers that send requests to the application host. */
async function balancersThatUse(host: Host): Promise<readonly string[]> {
  return [...(await serverValues('status', host, ',state="UP"'))].flatMap(([name, isUp]) => (isUp === 1 ? [name] : []));
}

/** What a load balancer's check would hear now. A new connection each time: only that shows whether the application still listens. */
async function readiness(): Promise<string> {
  try {
    const { status, text } = await ask({ to: direct, path: '/readyz', timeoutMs: 2_000 });
    return `${status} ${text.trim()}`;
  } catch (error) {
    // A connection that the kernel had taken when the application stopped listening is reset.
    if (error instanceof Error && /ECONNREFUSED|ECONNRESET|socket hang up/.test(error.message)) return 'closed';
    throw error;
  }
}

interface Look {
  readonly said: string;
  /** Who used the host just before it was asked. */
  readonly usedBy: readonly string[];
}

/** Looks at the application again and again until it has closed and is back in use. */
async function watchRestart(): Promise<readonly Look[]> {
  const looks: Look[] = [];
  await waitFor(
    async () => {
      const usedBy = await balancersThatUse(leaving);
      const said = await readiness();
      looks.push({ said, usedBy });
      return looks.some((look) => look.said === 'closed') && usedBy.length === balancers.length;
    },
    { what: `${leaving.name} closed and in use again`, deadlineMs: RESTART_DEADLINE_MS, intervalMs: 20 },
  );
  return looks;
}

/** Ends the application as a deployment does: TERM from its supervisor, which starts it again. */
async function restart(): Promise<void> {
  const { code, stderr } = await hosts.exec(leaving.name, ['s6-svc', '-r', '/etc/s6/app']);
  expect(`${code} ${stderr}`).toBe('0 ');
}

/** How the application ended, each time since its supervisor was started. */
async function ends(): Promise<readonly string[]> {
  const { stdout } = await hosts.exec(leaving.name, ['s6-svdt', '/etc/s6/app']);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(line.indexOf(' ') + 1)]));
}

/** How many requests the application host has answered since it started. */
async function answered(host: Host): Promise<number> {
  const url = `http://${addressOn(host, 'ops')}:${PORTS.appMetrics}/metrics`;
  const text = await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
  const counts = text.matchAll(/^http_request_duration_seconds_count\{([^}]*)\} (\d+)/gm);
  // The load balancers' checks are no customers.
  return [...counts]
    .filter(([, labels = '']) => !labels.includes('readyz'))
    .reduce((sum, one) => sum + Number(one[2]), 0);
}

interface Stream extends AsyncDisposable {
  readonly outcomes: readonly { readonly what: string; readonly outcome: string }[];
  /** Sends nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Customers at a steady pace that wait for nobody: pages, orders, and logins, which no load balancer may send a second time. Every kind comes over
 * connections that are kept and over new ones.
 */
function openStream(cookie: string): Stream {
  const kept = new Agent({ keepAlive: true, maxSockets: 8 });
  const outcomes: { what: string; outcome: string }[] = [];
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  const send = (): void => {
    const number = sent++;
    const way = number % 2 === 0 ? { agent: kept } : {};
    const kinds = [
      { what: 'page', wanted: 200, ask: () => ask({ ...way, path: `/products/${1 + (number % 500)}` }) },
      { what: 'login', wanted: 200, ask: () => ask({ ...way, method: 'POST', path: '/api/login' }, LOGIN) },
      {
        what: 'order',
        wanted: 201,
        ask: () =>
          ask(
            { ...way, method: 'POST', path: '/api/orders', headers: { cookie, 'idempotency-key': randomUUID() } },
            JSON.stringify({ items: [{ productId: 1 + (number % 500), quantity: 1 }] }),
          ),
      },
    ];
    // Two in a row of each kind: one over a connection that is kept, one over a new one.
    const kind = kinds[Math.floor(number / 2) % kinds.length];
    if (kind === undefined) return;
    const run = kind.ask().then(
      ({ status }) => (status === kind.wanted ? 'done' : `status ${status}`),
      (error: unknown) => String(error),
    );
    const told = run.then((outcome) => {
      outcomes.push({ what: `${kind.what} over a ${number % 2 === 0 ? 'kept' : 'new'} connection`, outcome });
    });
    underWay.add(told);
    void told.finally(() => underWay.delete(told));
  };
  const pace = setInterval(send, STREAM_INTERVAL_MS);
  const end = setTimeout(() => {
    clearInterval(pace);
  }, STREAM_DEADLINE_MS);
  const stop = async (): Promise<void> => {
    clearInterval(pace);
    clearTimeout(end);
    await Promise.all(underWay);
    kept.destroy();
  };
  return { outcomes, stop, [Symbol.asyncDispose]: stop };
}

/** The application answers, too: a load balancer believes in one that was killed until its next check. */
async function everyHostInUse(): Promise<void> {
  await waitFor(
    async () => {
      if ((await readiness()) !== '200 ready') return false;
      return (await Promise.all(apps.map(balancersThatUse))).every((using) => using.length === balancers.length);
    },
    { what: 'every application host in use', deadlineMs: RESTART_DEADLINE_MS },
  );
}

beforeAll(everyHostInUse);
afterEach(everyHostInUse);

it('an application that is told to end fails no request, and says that it is not ready until nobody uses it', async () => {
  await using stream = openStream(await signIn());
  await waitFor(() => Promise.resolve(stream.outcomes.length >= 40), { what: 'requests', deadlineMs: 20_000 });
  const before = await ends();
  const answeredBefore = await answered(leaving);
  expect(answeredBefore).toBeGreaterThan(0);

  await restart();
  const looks = await watchRestart();
  expect(await ends()).toEqual([...before, 'exitcode 0']);
  // Back in the pool it works for customers again, under the same stream.
  await waitFor(async () => (await answered(leaving)) >= 10, { what: 'requests to it again', deadlineMs: 30_000 });
  await stream.stop();

  expect(stream.outcomes.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  expect(new Set(stream.outcomes.map(({ what }) => what)).size).toBe(6);
  const steps = looks.map(({ said }) => said).filter((said, index, all) => said !== all[index - 1]);
  expect(steps.filter((said) => said !== '200 ready').slice(0, 2)).toEqual(['404 draining', 'closed']);
  // It still listened when the last load balancer had let go of it, and nobody used it after it had closed.
  expect(looks).toContainEqual({ said: '404 draining', usedBy: [] });
  expect(looks.filter(({ said, usedBy }) => said === 'closed' && usedBy.length > 0)).toEqual([]);
});

it('requests that are under way at a host that leaves are answered, also after load balancers let go of it', async () => {
  const headers = { 'content-type': 'application/json', 'content-length': String(LOGIN.length) };
  // They cannot be answered before the rest of them comes, nor sent to another host.
  const late = [1, 2, 3, 4].map(() =>
    open({ to: pool, method: 'POST', path: '/api/login', headers, timeoutMs: 60_000 }),
  );
  const answers = Promise.all(late.map(answerTo));
  answers.catch(() => undefined);
  for (const one of late) one.write(LOGIN.slice(0, 10));
  await waitFor(
    async () => {
      const [atLeaving = 0, ...others] = await Promise.all(apps.map(sessionsAt));
      return atLeaving >= 1 && others.reduce((sum, one) => sum + one, atLeaving) >= late.length;
    },
    { what: 'the first halves arrived', deadlineMs: 10_000 },
  );

  await restart();
  let aloneSinceMs: number | undefined;
  const said: string[] = [];
  await waitFor(
    async () => {
      const isAlone = (await balancersThatUse(leaving)).length === 0;
      aloneSinceMs = isAlone ? (aloneSinceMs ?? performance.now()) : undefined;
      said.push(await readiness());
      return aloneSinceMs !== undefined && performance.now() - aloneSinceMs > 1.5 * topology.profile.client.drainMs;
    },
    { what: `${leaving.name} alone for longer than load balancers need`, deadlineMs: RESTART_DEADLINE_MS },
  );
  expect(said).toContain('404 draining');
  expect(said).not.toContain('closed');
  for (const one of late) one.end(LOGIN.slice(10));
  expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});
