import { REQUEST_LIMITS } from '../../../deploy/model/request-limits.ts';
import { SITE_HOST } from '../../../deploy/model/site.ts';
import type { Field } from '../../hostile/hpack.ts';
import { data, headers } from '../../hostile/http2-frames.ts';
import { http2, type Answer, type Http2Request, type Http2Target } from '../odd-request.ts';

type Edit = (fields: readonly Field[], to: Http2Target) => readonly Field[];
/** The pseudo-headers of an ordinary request. */
export function usual({ path, scheme }: Http2Target, method = 'GET'): readonly Field[] {
  return [
    [':method', method],
    [':scheme', scheme],
    [':authority', SITE_HOST],
    [':path', path],
  ];
}

/** A request without a body on stream 1, with its fields edited. */
function edited(
  [name, because, answer]: readonly [name: string, because: string, answer: Answer],
  edit: Edit,
): Http2Request {
  return http2([name, because, [answer]], (to) => [headers(1, edit(usual(to), to))]);
}

const set =
  (name: string, value: string): Edit =>
  (fields) =>
    fields.map((field) => (field[0] === name ? [name, value] : field));
const without =
  (name: string): Edit =>
  (fields) =>
    fields.filter((field) => field[0] !== name);
const add =
  (...more: readonly Field[]): Edit =>
  (fields) => [...fields, ...more];
const first =
  (...more: readonly Field[]): Edit =>
  (fields) => [...more, ...fields];

const MALFORMED = 'RST_STREAM PROTOCOL_ERROR';
const PSEUDO = 'RFC 9113, 8.3.1';
const NAME = 'RFC 9113, 8.2.1';

export const PSEUDO_HEADERS: readonly Http2Request[] = [
  edited(['a usual request', PSEUDO, 404], (fields) => fields),
  edited(['HEAD', PSEUDO, 404], set(':method', 'HEAD')),
  ...['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PURGE'].map((method) =>
    edited([method, 'RFC 9110, 15.5.6', 405], set(':method', method)),
  ),
  ...['get', 'BREW'].map((method) => edited([`method ${method}`, 'RFC 9110, 9.1', 501], set(':method', method))),
  edited(['OPTIONS for the whole server', PSEUDO, 405], (fields, to) =>
    set(':path', '*')(set(':method', 'OPTIONS')(fields, to), to),
  ),
  edited(['host in place of :authority', PSEUDO, 404], (fields, to) =>
    add(['host', SITE_HOST])(without(':authority')(fields, to), to),
  ),
  edited(['host beside :authority, the same', PSEUDO, 404], add(['host', SITE_HOST])),
  edited(
    ['host beside :authority, another', `${PSEUDO}: should be malformed; the parser drops it`, 404],
    add(['host', 'other.test']),
  ),
  edited(['neither host nor :authority', 'RFC 9112, 3.2', 400], without(':authority')),
  edited(['an empty :authority', PSEUDO, 400], set(':authority', '')),
  edited([':authority of another site', 'RFC 9110, 15.5.20', 421], set(':authority', 'other.test')),
  edited([':authority with a port that is none', 'RFC 3986, 3.2.3', 400], set(':authority', 'shop.test:x')),
  edited([':authority with a user', `${PSEUDO}: must not`, MALFORMED], set(':authority', 'user@shop.test')),
  edited([':scheme of another protocol', 'RFC 9110, 7.4', 421], set(':scheme', 'ftp')),
  edited(['the other :scheme', 'RFC 9110, 7.4', 421], (fields, to) =>
    set(':scheme', to.scheme === 'http' ? 'https' : 'http')(fields, to),
  ),
  ...[':method', ':scheme', ':path'].map((name) => edited([`no ${name}`, PSEUDO, MALFORMED], without(name))),
  ...[':method', ':path'].map((name) => edited([`an empty ${name}`, PSEUDO, MALFORMED], set(name, ''))),
  edited(['an empty :scheme', `${PSEUDO}; parser`, 400], set(':scheme', '')),
  ...[':method', ':scheme', ':path', ':authority'].map((name) =>
    edited([`${name} twice`, PSEUDO, MALFORMED], (fields) => [
      ...fields,
      ...fields.filter((field) => field[0] === name),
    ]),
  ),
  edited(['an unknown pseudo header', 'RFC 9113, 8.3', MALFORMED], first([':odd', '1'])),
  edited(['the pseudo header of a response', 'RFC 9113, 8.3', MALFORMED], first([':status', '200'])),
  edited(['a pseudo header behind a field', 'RFC 9113, 8.3', MALFORMED], first(['x-odd', '1'])),
  edited([':path without a slash', PSEUDO, MALFORMED], set(':path', 'odd')),
  edited(
    [':path of an asterisk with GET', `${PSEUDO}: should be malformed; the parser makes the front page of it`, 200],
    set(':path', '*'),
  ),
  edited([':path with a fragment', 'RFC 3986, 3.3', MALFORMED], (fields, to) =>
    set(':path', `${to.path}#a`)(fields, to),
  ),
  edited([':path with a space', 'RFC 3986, 3.3', MALFORMED], (fields, to) => set(':path', `${to.path} a`)(fields, to)),
  edited([':path with a request line', 'RFC 9113, 10.3', MALFORMED], (fields, to) =>
    set(':path', `${to.path} HTTP/1.1\r\nHost: x\r\n\r\nGET /`)(fields, to),
  ),
  edited([':method with a request line', 'RFC 9113, 10.3', MALFORMED], (fields, to) =>
    set(':method', `GET ${to.path} HTTP/1.1\r\nX: `)(fields, to),
  ),
  edited([':path with NUL', 'RFC 9113, 10.3', MALFORMED], (fields, to) => set(':path', `${to.path}\0`)(fields, to)),
  edited(['CONNECT with a path', 'RFC 9113, 8.5', MALFORMED], set(':method', 'CONNECT')),
  edited(['CONNECT', 'RFC 9113, 8.5', 405], () => [
    [':method', 'CONNECT'],
    [':authority', `${SITE_HOST}:80`],
  ]),
  edited(['extended CONNECT', 'RFC 8441, 5: HAProxy makes an upgrade of it, which may be ignored', 404], (fields, to) =>
    first([':protocol', 'websocket'])(set(':method', 'CONNECT')(fields, to), to),
  ),
];

export const HTTP2_FIELDS: readonly Http2Request[] = [
  edited(['a name in capitals', NAME, MALFORMED], add(['X-Odd', '1'])),
  ...[
    ['connection', 'close'],
    ['connection', 'x-odd'],
    ['keep-alive', 'timeout=5'],
    ['proxy-connection', 'close'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'websocket'],
    ['te', 'gzip'],
  ].map(([name = '', value = '']) => edited([`${name}: ${value}`, 'RFC 9113, 8.2.2', MALFORMED], add([name, value]))),
  edited(['te: trailers', 'RFC 9113, 8.2.2', 404], add(['te', 'trailers'])),
  edited(['an empty name', `${NAME}; parser`, 'GOAWAY COMPRESSION_ERROR'], add(['', '1'])),
  ...['x odd', 'x:odd', 'x-\0odd', 'x-\xe9', 'x\r\nodd'].map((name) =>
    edited([`a name of ${JSON.stringify(name)}`, NAME, MALFORMED], add([name, '1'])),
  ),
  ...['a\0b', 'a\rb', 'a\nb', 'a\r\ntransfer-encoding: chunked'].map((value) =>
    edited([`a value of ${JSON.stringify(value)}`, NAME, MALFORMED], add(['x-odd', value])),
  ),
  edited(['a value with spaces around', `${NAME}: malformed; parser lets it pass`, 404], add(['x-odd', ' a '])),
  edited(['a value with bytes beyond ASCII', 'RFC 9110, 5.5', 404], add(['x-odd', '\xe9'])),
  edited(['a value with a control character', 'RFC 9110, 5.5', 400], add(['x-odd', 'a\x01'])),
  edited(['an empty value', 'RFC 9110, 5.5', 404], add(['x-odd', ''])),
  edited(['cookies in pieces', 'RFC 9113, 8.2.3', 404], add(['cookie', 'a=1'], ['cookie', 'b=2'])),
  edited(['a range', 'RFC 9110, 14.2', 404], add(['range', 'bytes=0-0,5-'])),
  edited(['Expect without a body', 'RFC 9110, 10.1.1', 404], add(['expect', '100-continue'])),
  edited(['as many fields as allowed', 'REQUEST_LIMITS', 404], (fields) => [
    ...fields,
    ...many(REQUEST_LIMITS.headers - 1),
  ]),
  edited(['one field more', 'REQUEST_LIMITS', 431], (fields) => [...fields, ...many(REQUEST_LIMITS.headers)]),
  edited(['a path that is too long', 'REQUEST_LIMITS', 414], (fields, to) =>
    set(':path', `${to.path}${'a'.repeat(REQUEST_LIMITS.urlBytes)}`)(fields, to),
  ),
  edited(['more bytes than allowed', 'REQUEST_LIMITS', 431], add(['x-odd', 'a'.repeat(REQUEST_LIMITS.headerBytes)])),
];

function many(count: number): readonly Field[] {
  return Array.from({ length: count }, (_, index) => [`x-odd-${index}`, '1']);
}

/** POST on stream 1 with these fields, followed by DATA frames; the last one ends the stream. */
function posted(
  [name, because, answer]: readonly [name: string, because: string, answer: Answer],
  { fields, bodies }: { readonly fields: readonly Field[]; readonly bodies: readonly string[] },
): Http2Request {
  return http2([name, because, [answer]], (to) => [
    headers(1, [...usual(to, 'POST'), ['content-type', 'text/plain'], ...fields], { endStream: bodies.length === 0 }),
    ...bodies.map((body, index) => data(1, body, { endStream: index === bodies.length - 1 })),
  ]);
}

const LENGTH = 'RFC 9113, 8.1.1';
const KIB = 'a'.repeat(8_192);

export const HTTP2_BODIES: readonly Http2Request[] = [
  posted(['a body without a length', LENGTH, 404], { fields: [], bodies: ['hello'] }),
  posted(['a body with its length', LENGTH, 404], { fields: [['content-length', '5']], bodies: ['hel', 'lo'] }),
  posted(['a length of 0 and no body', LENGTH, 404], { fields: [['content-length', '0']], bodies: [] }),
  posted(['an empty DATA frame', LENGTH, 404], { fields: [], bodies: [''] }),
  posted(['many empty DATA frames', LENGTH, 404], { fields: [], bodies: Array.from({ length: 20 }, () => '') }),
  posted(['a body shorter than its length', LENGTH, MALFORMED], {
    fields: [['content-length', '6']],
    bodies: ['hello'],
  }),
  posted(['a body longer than its length', LENGTH, MALFORMED], {
    fields: [['content-length', '4']],
    bodies: ['hello'],
  }),
  posted(['a body longer than its length by a frame', LENGTH, MALFORMED], {
    fields: [['content-length', '5']],
    bodies: ['hello', 'GET / HTTP/1.1\r\n\r\n'],
  }),
  posted(['a length without a body', LENGTH, MALFORMED], { fields: [['content-length', '5']], bodies: [] }),
  posted(['two lengths', 'RFC 9110, 8.6', MALFORMED], {
    fields: [
      ['content-length', '5'],
      ['content-length', '6'],
    ],
    bodies: ['hello'],
  }),
  posted(['the same length twice', 'RFC 9110, 8.6', 404], {
    fields: [
      ['content-length', '5'],
      ['content-length', '5'],
    ],
    bodies: ['hello'],
  }),
  ...['+5', '-5', '0x5', '5 5', 'abc', ''].map((value) =>
    posted([`a length of ${JSON.stringify(value)}`, 'RFC 9110, 8.6', MALFORMED], {
      fields: [['content-length', value]],
      bodies: ['hello'],
    }),
  ),
  posted(['a body as large as allowed', 'REQUEST_LIMITS', 404], { fields: [], bodies: [KIB, KIB] }),
  posted(['a body one byte larger', 'REQUEST_LIMITS', 413], { fields: [], bodies: [KIB, KIB, 'a'] }),
  posted(['a length that is too large', 'REQUEST_LIMITS', 413], {
    fields: [['content-length', String(3 * KIB.length)]],
    bodies: [KIB, KIB, KIB],
  }),
  posted(['a body that is a request of HTTP/1', LENGTH, 404], {
    fields: [],
    bodies: ['0\r\n\r\nGET /odd HTTP/1.1\r\nHost: shop.test\r\n\r\n'],
  }),
  http2(['GET with a body', 'RFC 9110, 9.3.1', [404]], (to) => [
    headers(1, usual(to), { endStream: false }),
    data(1, 'hello'),
  ]),
  http2(['a trailer', 'RFC 9113, 8.1', [404]], (to) => [
    headers(1, [...usual(to, 'POST'), ['content-type', 'text/plain']], { endStream: false }),
    data(1, 'hello', { endStream: false }),
    headers(1, [['x-odd', '1']]),
  ]),
  http2(['a trailer behind a length', 'RFC 9113, 8.1', [404]], (to) => [
    headers(1, [...usual(to, 'POST'), ['content-type', 'text/plain'], ['content-length', '5']], { endStream: false }),
    data(1, 'hello', { endStream: false }),
    headers(1, [['x-odd', '1']]),
  ]),
  http2(['a trailer of GET', 'RFC 9113, 8.1', [404]], (to) => [
    headers(1, usual(to), { endStream: false }),
    headers(1, [['x-odd', '1']]),
  ]),
  http2(['a trailer with a pseudo header', 'RFC 9113, 8.1; parser', ['RST_STREAM INTERNAL_ERROR']], (to) => [
    headers(1, usual(to, 'POST'), { endStream: false }),
    data(1, 'hello', { endStream: false }),
    headers(1, [[':path', '/odd']]),
  ]),
  http2(['a trailer that does not end', 'RFC 9113, 8.1; parser', ['GOAWAY PROTOCOL_ERROR']], (to) => [
    headers(1, usual(to, 'POST'), { endStream: false }),
    data(1, 'hello', { endStream: false }),
    headers(1, [['x-odd', '1']], { endStream: false }),
  ]),
];

export const HTTP2_INCOMPLETE: readonly Http2Request[] = [
  http2(['HTTP/2: a body that does not come', 'REQUEST_LIMITS: 5 s', [408]], (to) => [
    headers(1, usual(to, 'POST'), { endStream: false }),
  ]),
  http2(['HTTP/2: half a body', 'REQUEST_LIMITS: 5 s', [408]], (to) => [
    headers(1, [...usual(to, 'POST'), ['content-length', '10']], { endStream: false }),
    data(1, 'hello', { endStream: false }),
  ]),
];
