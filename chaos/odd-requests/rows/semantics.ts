import manifest from '../../../deploy/tiers/web/static/manifest.json' with { type: 'json' };
import { REQUEST_LIMITS } from '../../../deploy/model/request-limits.ts';
import { refused, served, type Http1Request } from '../odd-request.ts';
import { CHUNKED, get, HELLO_CHUNKED, HOST, message, post, TEXT } from './request-text.ts';

const EXPECT = 'RFC 9110, 10.1.1';
const FIVE = 'Content-Length: 5';

export const EXPECTATIONS: readonly Http1Request[] = [
  served(['the body after 100', EXPECT], [post(['Expect: 100-continue', FIVE]), 'hello'], { answers: [100, 404] }),
  served(['chunks after 100', EXPECT], [post(['Expect: 100-continue', CHUNKED]), HELLO_CHUNKED], {
    answers: [100, 404],
  }),
  served(['the body at once', `${EXPECT}: 100 may be left out`], post(['Expect: 100-continue', FIVE], 'hello'), {
    answers: [100, 404],
  }),
  served(['in capitals', EXPECT], [post(['Expect: 100-CONTINUE', FIVE]), 'hello'], { answers: [100, 404] }),
  served(['without a body', `${EXPECT}: 100 may be left out`], post(['Expect: 100-continue', 'Content-Length: 0'])),
  served(['with GET', `${EXPECT}: nothing to wait for`], get('Expect: 100-continue')),
  served(
    ['in HTTP/1.0', `${EXPECT}: ignored`],
    message('POST {path} HTTP/1.0', [HOST, TEXT, 'Expect: 100-continue', FIVE], 'hello'),
    {
      ends: true,
    },
  ),
  served(['another expectation', `${EXPECT}: 417 may be, ignoring it too`], post(['Expect: odd', FIVE], 'hello')),
  served(['two expectations', EXPECT], post(['Expect: 100-continue, odd', FIVE], 'hello'), { answers: [100, 404] }),
  refused(
    [413, 'a body that is too large', EXPECT],
    post(['Expect: 100-continue', `Content-Length: ${REQUEST_LIMITS.bodyBytes + 1}`]),
    {
      ends: true,
    },
  ),
  refused(
    [405, 'a method that is not allowed', EXPECT],
    message('PUT {path} HTTP/1.1', [HOST, 'Expect: 100-continue', 'Content-Length: 0']),
  ),
];

const RANGE = 'RFC 9110, 14.2: may be ignored';

/** GET of a file that supports ranges. */
function getFile(...fields: readonly string[]): string {
  return message(`GET ${manifest['app.css']} HTTP/1.1`, [HOST, ...fields]);
}

const ofFile = (status: number): { readonly answers: readonly number[]; readonly reaches: number } => ({
  answers: [status],
  reaches: 0,
});

export const RANGES: readonly Http1Request[] = [
  ...[
    'bytes=0-0',
    'bytes=0-0,2-2',
    'bytes=-1',
    'bytes=1-',
    'bytes=5-2',
    'bytes=a-b',
    'odd=0-1',
    'bytes=',
    'bytes 0-1',
    'bytes=0-99999999999999999999',
    `bytes=${'0-1,'.repeat(500)}0-1`,
  ].map((value) => served([`Range ${value.slice(0, 40)}, where nothing is`, RANGE], get(`Range: ${value}`))),
  served(['Range twice', RANGE], get('Range: bytes=0-1', 'Range: bytes=2-3')),
  served(['Range with POST', 'RFC 9110, 14.2: for GET only'], post(['Range: bytes=0-1', FIVE], 'hello')),
  served(['If-Range that is none', 'RFC 9110, 13.1.5'], get('Range: bytes=0-1', 'If-Range: "odd')),
  refused(
    [400, 'If-Range twice', 'RFC 9110, 5.3: may be once; Nginx refuses'],
    get('Range: bytes=0-1', 'If-Range: "a"', 'If-Range: "b"'),
    {
      at: { edge: { answers: [404], reaches: 1 } },
    },
  ),
  served(['Range of a file', 'RFC 9110, 14.2'], getFile('Range: bytes=0-0'), ofFile(206)),
  served(['Range behind the end of a file', 'RFC 9110, 15.5.17'], getFile('Range: bytes=999999-'), ofFile(416)),
  served(['Range of a file in another unit', 'RFC 9110, 14.2'], getFile('Range: odd=0-0'), ofFile(200)),
  served(
    ['Range named by Connection', 'RFC 9110, 7.6.1: for the first hop only'],
    getFile('Range: bytes=0-0', 'Connection: range'),
    ofFile(200),
  ),
  served(
    ['If-None-Match named by Connection', 'RFC 9110, 7.6.1'],
    getFile('If-None-Match: *', 'Connection: if-none-match'),
    ofFile(200),
  ),
];

const CONDITION = 'RFC 9110, 13.2.2: nothing is there to be compared';

export const CONDITIONS: readonly Http1Request[] = [
  ...[
    'If-Match: *',
    'If-Match: "odd"',
    'If-None-Match: *',
    'If-None-Match: W/"a", "b", odd',
    'If-None-Match: "',
    'If-Modified-Since: yesterday',
    'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
    'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
    'If-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT',
  ].map((field) => served([field, CONDITION], get(field))),
  served(
    ['all conditions at once', CONDITION],
    get(
      'If-Match: "a"',
      'If-None-Match: "a"',
      'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
      'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
    ),
  ),
];

const HOP = 'RFC 9110, 7.6.1: for one hop only';
const UPGRADE = 'RFC 9110, 7.8: may be ignored';

export const HOP_HEADERS: readonly Http1Request[] = [
  served(
    ['Upgrade: h2c with its settings', 'RFC 9113, 3.1: no longer known'],
    get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
  ),
  served(
    ['Upgrade: h2c with POST', UPGRADE],
    post(['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__', FIVE], 'hello'),
  ),
  served(
    ['Upgrade: websocket', UPGRADE],
    get(
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ),
  ),
  served(['Upgrade: TLS/1.0', UPGRADE], get('Connection: upgrade', 'Upgrade: TLS/1.0, HTTP/1.1')),
  served(['Upgrade that Connection does not name', UPGRADE], get('Upgrade: websocket')),
  served(['Connection that names unknown fields', HOP], get('Connection: X-Odd, x-other, ,', 'X-Odd: 1')),
  served(['Connection that names Host', `${HOP}; but for what routes`], get('Connection: host')),
  served(['Connection that names itself', HOP], get('Connection: connection, keep-alive')),
  served(
    ['Connection that names what the first hop sets', HOP],
    get('Connection: X-Forwarded-For, X-Request-ID, traceparent'),
  ),
  served(['Connection: close', 'RFC 9112, 9.6'], get('Connection: close'), { ends: true }),
  served(['Connection: close among others', 'RFC 9112, 9.6'], get('Connection: keep-alive, close'), { ends: true }),
  served(['Connection: close on a second line', 'RFC 9112, 9.6'], get('Connection: keep-alive', 'Connection: close'), {
    ends: true,
  }),
  served(
    ['Keep-Alive and Proxy-Connection', HOP],
    get('Connection: keep-alive', 'Keep-Alive: timeout=5, max=1', 'Proxy-Connection: close'),
  ),
  served(['TE: trailers', 'RFC 9110, 10.1.4'], get('Connection: TE', 'TE: trailers')),
  served(['Trailer without chunks', 'RFC 9110, 6.6.2'], get('Trailer: X-Odd')),
  served(['Proxy-Authorization', 'RFC 9110, 11.7.2'], get('Proxy-Authorization: Basic b2RkOm9kZA==')),
];

const PIPELINE = 'RFC 9112, 9.3.2: in their order';

export const PIPELINES: readonly Http1Request[] = [
  served(['two requests at once', PIPELINE], get() + get(), { answers: [404, 404], reaches: 2 }),
  served(['five requests at once', PIPELINE], get().repeat(5), { answers: [404, 404, 404, 404, 404], reaches: 5 }),
  served(['HEAD before GET', PIPELINE], message('HEAD {path} HTTP/1.1') + get(), { answers: [404, 404], reaches: 2 }),
  served(['GET, HEAD, GET', PIPELINE], get() + message('HEAD {path} HTTP/1.1') + get(), {
    answers: [404, 404, 404],
    reaches: 3,
    toHead: [1],
  }),
  served(['POST with a body before GET', PIPELINE], post([FIVE], 'hello') + get(), { answers: [404, 404], reaches: 2 }),
  served(['chunks before GET', PIPELINE], post([CHUNKED], HELLO_CHUNKED) + get(), { answers: [404, 404], reaches: 2 }),
  served(['a refused method before GET', PIPELINE], message('BREW {path} HTTP/1.1') + get(), { answers: [501, 404] }),
  served(['no Host before GET', PIPELINE], message('GET {path} HTTP/1.1', []) + get(), { answers: [400, 404] }),
  served(['another site before GET', PIPELINE], message('GET {path} HTTP/1.1', ['Host: other.test']) + get(), {
    answers: [421, 404],
  }),
  served(
    ['Connection: close before GET', 'RFC 9112, 9.6: nothing behind it is answered'],
    get('Connection: close') + get(),
    { ends: true },
  ),
  served(['HTTP/1.0 before GET', 'RFC 9112, 9.3'], message('GET {path} HTTP/1.0') + get(), { ends: true }),
  served(['an empty line between two', 'RFC 9112, 2.2'], `${post([FIVE], 'hello')}\r\n${get()}`, {
    answers: [404, 404],
    reaches: 2,
  }),
];
