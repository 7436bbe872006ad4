import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SECURITY_HEADERS } from '../../../model/security-headers.ts';
import { makeMetrics } from '../telemetry/metrics.ts';
import type { EndTrace } from '../telemetry/tracing.ts';
import { makeServer } from './make-server.ts';
import { parserErrorStatus } from './parser-errors.ts';
import type { ShopServices } from './shop-services.ts';

const metrics = makeMetrics('test');
const traced: { readonly traceId: string; readonly path: unknown }[] = [];
const endTrace: EndTrace = (trace, { attributes }) => {
  traced.push({ traceId: trace.traceId, path: attributes['url.path'] });
  return undefined;
};
// The routes of this test need no database.
const services = { metrics, asset: (name: string) => `/static/${name}` } as unknown as ShopServices;
const app = makeServer({
  services,
  phase: { current: 'ready' },
  version: 'abc',
  log: pino({ level: 'silent' }),
  endTrace,
});
const HOST = 'Host: shop.test\r\nConnection: close\r\n';

beforeAll(async () => {
  await app.listen({ host: '127.0.0.1', port: 0 });
});

beforeEach(() => {
  traced.length = 0;
});

afterAll(async () => {
  await app.close();
});

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends raw bytes, and reads until the server closes. */
async function send(bytes: string): Promise<readonly Answer[]> {
  const socket = connect({ port: (app.server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(bytes, 'latin1');
  return parse(await text(socket));
}

/** Splits received bytes into responses, by their Content-Length. */
function parse(bytes: string): readonly Answer[] {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return [];
  const [first = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = Number(headers.get('content-length') ?? 0);
  const answer = { status: Number(first.split(' ')[1]), headers, body: bytes.slice(end + 4, end + 4 + length) };
  return [answer, ...parse(bytes.slice(end + 4 + length))];
}

/** Number of counted requests, by their labels. */
async function counts(): Promise<ReadonlyMap<string, number>> {
  const lines = (await metrics.registry.metrics()).matchAll(
    /^http_request_duration_seconds_count\{method="(.+)",route="(.+)",status_code="(.+)"\} (\d+)/gm,
  );
  return new Map(
    [...lines].map(([, method, route, status, count]) => [[method, route, status].join(' '), Number(count)]),
  );
}

describe.each([
  {
    what: 'a path that is not UTF-8',
    bytes: `GET /products/%C0%AF HTTP/1.1\r\n${HOST}\r\n`,
    status: 400,
    labels: 'GET other',
  },
  {
    what: 'a path with an invalid escape',
    bytes: `GET /products/%ZZ HTTP/1.1\r\n${HOST}\r\n`,
    status: 400,
    labels: 'GET other',
  },
  {
    what: 'an API path that is not UTF-8',
    bytes: `GET /api/products/%C0%AF HTTP/1.1\r\n${HOST}\r\n`,
    status: 400,
    labels: 'GET other',
  },
  {
    what: 'an absolute URI that is not UTF-8',
    bytes: `GET http://shop.test/api/products/%C0%AF HTTP/1.1\r\n${HOST}\r\n`,
    status: 400,
    labels: 'GET other',
  },
  { what: 'no Host', bytes: 'GET /login HTTP/1.1\r\nConnection: close\r\n\r\n', status: 400, labels: 'GET /login' },
  {
    what: 'two Hosts',
    bytes: `GET /login HTTP/1.1\r\n${HOST}Host: other.test\r\n\r\n`,
    status: 400,
    labels: 'GET /login',
  },
  {
    what: 'an unsupported expectation',
    bytes: `GET /login HTTP/1.1\r\n${HOST}Expect: wonders\r\n\r\n`,
    status: 417,
    labels: 'GET /login',
  },
  {
    what: 'an unknown HTTP method',
    bytes: `BREW /login HTTP/1.1\r\n${HOST}\r\n`,
    status: 400,
    labels: 'OTHER other',
  },
  {
    what: 'an unknown HTTP version',
    bytes: `GET /login HTTP/9.9\r\n${HOST}\r\n`,
    status: 400,
    labels: 'OTHER other',
  },
  {
    what: 'a header without a colon',
    bytes: `GET /api/login HTTP/1.1\r\n${HOST}nonsense\r\n\r\n`,
    status: 400,
    labels: 'OTHER other',
  },
  { what: 'bytes that are not HTTP', bytes: '\x16\x03\x01\x02\x00\x01', status: 400, labels: 'OTHER other' },
  {
    what: 'oversized headers',
    bytes: `GET /login HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`,
    status: 431,
    labels: 'OTHER other',
  },
  {
    what: 'an oversized path',
    bytes: `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`,
    status: 431,
    labels: 'OTHER other',
  },
  { what: 'CONNECT', bytes: `CONNECT shop.test:443 HTTP/1.1\r\n${HOST}\r\n`, status: 405, labels: 'OTHER other' },
  {
    what: 'an unsupported method',
    bytes: `PUT /login HTTP/1.1\r\n${HOST}\r\n`,
    status: 404,
    labels: 'OTHER other',
  },
  { what: 'an unknown path', bytes: `GET /nowhere HTTP/1.1\r\n${HOST}\r\n`, status: 404, labels: 'GET other' },
  {
    what: 'an invalid chunked body',
    bytes: `POST /api/login HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    status: 400,
    labels: 'POST /api/login',
  },
  {
    what: 'two Content-Length headers',
    bytes: `POST /api/login HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    status: 400,
    labels: 'OTHER other',
  },
])('$what', ({ bytes, status, labels }) => {
  it(`gets a ${status} response of the shop, and is counted and traced once`, async () => {
    const before = await counts();
    const [answer, ...others] = await send(bytes);
    expect(others).toEqual([]);
    expect(answer?.status).toBe(status);
    expect(answer?.headers.get('cache-control')).toBe('no-store');
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      expect([name, answer?.headers.get(name.toLowerCase())]).toEqual([name, value]);
    }
    expect(answer?.headers.get('x-app-version')).toBe('abc');
    if (bytes.includes('/api/')) {
      expect(JSON.parse(answer?.body ?? '')).toEqual({ error: expect.any(String) as string });
    } else expect(answer?.body).toContain('</html>');
    await expect
      .poll(async () => {
        const after = await counts();
        return [...after].filter(([key, count]) => count !== (before.get(key) ?? 0));
      })
      .toEqual([[`${labels} ${status}`, (before.get(`${labels} ${status}`) ?? 0) + 1]]);
    expect(traced).toHaveLength(1);
    expect(answer?.headers.get('x-trace-id')).toBe(traced[0]?.traceId);
  });
});

it.each([
  ['a page', '/login', 200],
  ['liveness', '/livez', 200],
  ['readiness', '/readyz', 200],
])('%s has each security header and the version once', async (_what, path, status) => {
  const [answer] = await send(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`);
  expect(answer?.status).toBe(status);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(answer?.headers.get(name.toLowerCase())).toBe(value);
  }
  expect(answer?.headers.get('x-app-version')).toBe('abc');
});

it('liveness names the version', async () => {
  expect((await send(`GET /livez HTTP/1.1\r\n${HOST}\r\n`))[0]?.body).toBe('alive abc\n');
});

it.each([
  ['an ID of any length is treated as unknown', `/orders/${'9'.repeat(400)}`, 303],
  ['an ID with an escaped slash is treated as unknown', '/orders/a%2Fb', 303],
])('%s', async (_what, path, status) => {
  expect((await send(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`))[0]?.status).toBe(status);
});

it('HTTP/1.0 needs no Host', async () => {
  expect((await send('GET /login HTTP/1.0\r\n\r\n'))[0]?.status).toBe(200);
});

it('a client that waits for 100 Continue gets it', async () => {
  const request = `POST /api/login HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
  expect((await send(request)).map(({ status }) => status)).toEqual([100, 400]);
});

it('the error response to garbage after a request in flight is never taken for the response to that request', async () => {
  const form = 'email=a&password=b';
  const first = `POST /nowhere HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
  const before = (await counts()).get('OTHER other 400') ?? 0;
  const answers = await send(`${first}nonsense\r\n\r\n`);
  // Either no response, because the connection was closed, or that of the first request itself.
  expect(answers.map(({ status }) => status).filter((status) => status !== 404)).toEqual([]);
  await expect.poll(async () => (await counts()).get('OTHER other 400')).toBe(before + 1);
});

it.each([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['HPE_INVALID_METHOD', 400],
  ['ECONNRESET', undefined],
  ['EPIPE', undefined],
  [undefined, undefined],
])('the parser error %s gets status %s', (code, status) => {
  expect(parserErrorStatus(code)).toBe(status);
});

it('an incomplete request gets 408', async () => {
  const slow = makeServer({
    services,
    phase: { current: 'ready' },
    version: 'abc',
    log: pino({ level: 'silent' }),
    endTrace,
  });
  try {
    await slow.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect((slow.server.address() as AddressInfo).port, '127.0.0.1');
    // Node checks for such connections every 30 s; the test emits the same event at once.
    slow.server.once('connection', (accepted) => {
      const late = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      slow.server.emit('clientError', late, accepted);
    });
    const [answer] = parse(await text(socket));
    expect([answer?.status, answer?.headers.get('connection')]).toEqual([408, 'close']);
    expect(slow.server.requestTimeout).toBeGreaterThan(0);
  } finally {
    await slow.close();
  }
});

it('requests on an open connection are served while the server closes', async () => {
  const own = { ...services, metrics: makeMetrics('test') };
  const closing = makeServer({
    services: own,
    phase: { current: 'ready' },
    version: 'abc',
    log: pino({ level: 'silent' }),
    endTrace,
  });
  await closing.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((closing.server.address() as AddressInfo).port, '127.0.0.1');
  const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3';
  socket.write(`POST /nowhere HTTP/1.1\r\nHost: shop.test\r\n${form}\r\n\r\na`);
  await expect.poll(() => own.metrics.registry.metrics()).toContain('http_requests_in_flight 1');
  const closed = closing.close();
  await expect.poll(() => closing.server.listening).toBe(false);
  socket.write(`bcGET /login HTTP/1.1\r\n${HOST}\r\n`);
  const answers = parse(await text(socket));
  await closed;
  expect(answers.map(({ status }) => status)).toEqual([404, 200]);
  for (const { headers } of answers) expect(headers.get('x-frame-options')).toBe('DENY');
});
