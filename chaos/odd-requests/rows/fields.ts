import { refused, served, unparsed, type Http1Request } from '../odd-request.ts';
import { get, HOST, message } from './request-text.ts';

const NAME = 'RFC 9110, 5.1: a name is a token';
const VALUE = 'RFC 9110, 5.5';
const LINE = 'RFC 9112, 5';

export const FIELDS: readonly Http1Request[] = [
  served(['a name with an underscore', `${NAME}; Nginx drops it`], get('X_Odd: 1')),
  served(['a name of all signs', NAME], get("X!#$%&'*+-.^`|~9: 1")),
  served(['a name of 255 letters', NAME], get(`${'x'.repeat(255)}: 1`)),
  served(['an empty value', VALUE], get('X-Odd:')),
  served(['a value of spaces', VALUE], get('X-Odd:   ')),
  served(['a value with bytes beyond ASCII', `${VALUE}: obs-text`], get('X-Odd: \xe9\xff')),
  served(['a value with a tab', VALUE], get('X-Odd: a\tb')),
  served(
    ['the same name ten times', 'RFC 9110, 5.3'],
    get(...Array.from({ length: 10 }, (_, index) => `X-Odd: ${index}`)),
  ),
  served(['a folded value', 'RFC 9112, 5.2: a space instead'], get('X-Odd: a', ' b')),
  served(['a value folded by a tab', 'RFC 9112, 5.2'], get('X-Odd: a', '\tb')),
  served(['a field that ends with LF', 'RFC 9112, 2.2'], get('X-Odd: a\nX-Other: b')),
  served(['a request id of 2,000 letters', 'no rule: a client may'], get(`X-Request-ID: ${'r'.repeat(2_000)}`)),
  served(
    ['a trace context that is none', 'W3C Trace Context, 3.2'],
    get('traceparent: 00-zz-zz-01', 'tracestate: a=b'),
  ),
  served(['X-Forwarded-For of a client', 'a client cannot speak for a proxy'], get('X-Forwarded-For: 127.0.0.1, x, ')),
  served(['cookies that are none', 'RFC 6265, 5.4'], get('Cookie: ;;=;a;=b; \x20;"=', 'Cookie: c')),
  served(['Authorization of an unknown scheme', 'RFC 9110, 11.4'], get('Authorization: Odd x')),
  served(
    ['Accept headers that are none', 'RFC 9110, 12.5'],
    get('Accept: ;;q', 'Accept-Encoding: ,;q=x', 'Accept-Language: *;q=9'),
  ),
  served(['Max-Forwards', 'RFC 9110, 7.6.2: for TRACE and OPTIONS only'], get('Max-Forwards: 0')),
  ...(['\x01', '\x08', '\x0b', '\x1f', '\x7f'] as const).map((control) =>
    refused([400, `a value with ${JSON.stringify(control)}`, `${VALUE}: should be 400`], get(`X-Odd: a${control}b`)),
  ),
  unparsed(['a value with NUL', VALUE], get('X-Odd: a\0b')),
  unparsed(['a value with CR', VALUE], get('X-Odd: a\rb')),
  unparsed(['a name of 256 letters', 'parser'], get(`${'x'.repeat(256)}: 1`)),
  unparsed(['an empty name', NAME], get(': 1')),
  unparsed(['a space before the colon', 'RFC 9112, 5.1'], get('X-Odd : 1')),
  unparsed(['a tab before the colon', 'RFC 9112, 5.1'], get('X-Odd\t: 1')),
  unparsed(['a space in a name', NAME], get('X Odd: 1')),
  unparsed(['a name with NUL', NAME], get('X-\0Odd: 1')),
  unparsed(['a name with a control character', NAME], get('X-\x01Odd: 1')),
  unparsed(['a name with bytes beyond ASCII', NAME], get('X-\xe9: 1')),
  unparsed(['a name with a parenthesis', NAME], get('X(Odd): 1')),
  unparsed(['a name with a quote', NAME], get('"X-Odd": 1')),
  unparsed(['a line without a colon', LINE], get('X-Odd')),
  unparsed(['a space before the first field', 'RFC 9112, 2.2'], message('GET {path} HTTP/1.1', [` ${HOST}`])),
  unparsed(['a request line among the fields', LINE], get('GET {path}/smuggled HTTP/1.1')),
];
