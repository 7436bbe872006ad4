import { refused, served, unparsed, type Http1Request } from '../odd-request.ts';
import { CHUNKED, get, HELLO_CHUNKED, HOST, message, target } from './request-text.ts';

const METHOD = 'RFC 9110, 9.1 and 15.5.6: known, not allowed here';
const UNKNOWN = 'RFC 9110, 9.1: unknown';
const TOKEN = 'RFC 9110, 9.1: a method is a token';

export const METHODS: readonly Http1Request[] = [
  served(['a usual request', 'RFC 9112, 3'], get()),
  served(['HEAD', 'RFC 9110, 9.3.2'], message('HEAD {path} HTTP/1.1')),
  ...['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PURGE'].map((method) =>
    refused([405, method, METHOD], message(`${method} {path} HTTP/1.1`)),
  ),
  refused([405, 'PUT with a chunked body', METHOD], message('PUT {path} HTTP/1.1', [HOST, CHUNKED], HELLO_CHUNKED)),
  refused([405, 'DELETE with a body', METHOD], message('DELETE {path} HTTP/1.1', [HOST, 'Content-Length: 5'], 'hello')),
  refused([405, 'OPTIONS for the whole server', 'RFC 9112, 3.2.4'], message('OPTIONS * HTTP/1.1')),
  refused([405, 'CONNECT', 'RFC 9110, 9.3.6: an origin server need not'], message('CONNECT shop.test:80 HTTP/1.1')),
  unparsed(['CONNECT to another host', 'RFC 9112, 3.2.3; parser'], message('CONNECT other.test:443 HTTP/1.1')),
  unparsed(['CONNECT with a path', 'RFC 9112, 3.2.3; parser'], message('CONNECT {path} HTTP/1.1')),
  ...['get', 'Get', 'BREW', 'PROPFIND', 'MKCOL', 'GETT', 'GE', "M!#$%&'*+-.^_`|~0"].map((method) =>
    refused([501, `method ${method}`, UNKNOWN], message(`${method} {path} HTTP/1.1`)),
  ),
  refused([501, 'a method of 5,000 letters', UNKNOWN], message(`${'A'.repeat(5_000)} {path} HTTP/1.1`)),
  unparsed(['a method with a parenthesis', TOKEN], message('G(T {path} HTTP/1.1')),
  unparsed(['a method that is not ASCII', TOKEN], message('G\xc9T {path} HTTP/1.1')),
  unparsed(['a method with NUL', TOKEN], message('G\0T {path} HTTP/1.1')),
  unparsed(['no method', TOKEN], message(' {path} HTTP/1.1')),
  unparsed(['a method alone', 'RFC 9112, 3'], message('GET')),
];

const VERSION = 'RFC 9112, 2.3';
const MAJOR = 'RFC 9110, 15.6.6: another major version';

export const VERSIONS: readonly Http1Request[] = [
  served(['HTTP/1.0', 'RFC 9112, 9.3: ends'], message('GET {path} HTTP/1.0'), { ends: true }),
  served(['HTTP/1.0 keep-alive', 'RFC 9112, 9.3'], message('GET {path} HTTP/1.0', [HOST, 'Connection: keep-alive'])),
  ...['1.2', '1.9'].map((version) =>
    served(
      [`HTTP/${version}`, `${VERSION}: as the highest minor version known`],
      message(`GET {path} HTTP/${version}`),
    ),
  ),
  ...['2.0', '3.0', '9.9'].map((version) =>
    refused([505, `HTTP/${version} as text`, MAJOR], message(`GET {path} HTTP/${version}`)),
  ),
  refused([505, 'HTTP/0.9 as text', MAJOR], message('GET {path} HTTP/0.9'), { ends: true }),
  ...[
    'HTTP/1',
    'HTTP/1.10',
    'HTTP/11.1',
    'HTTP/01.1',
    'HTTP/1.',
    'HTTP/.1',
    'HTTP/1,1',
    'http/1.1',
    'XTTP/1.1',
    'HTTP/x.1',
  ].map((version) => unparsed([`version ${version}`, VERSION], message(`GET {path} ${version}`))),
  unparsed(['HTTP/0.9: no version, no headers', 'RFC 9112 knows it no more; parser'], 'GET {path}\r\n'),
  unparsed(['HTTP/0.9 with headers', 'RFC 9112, 3'], message('GET {path}')),
  unparsed(['a response', 'RFC 9112, 3'], message('HTTP/1.1 200 OK')),
  unparsed(['a greeting of another protocol', 'RFC 9112, 3'], 'EHLO client.test\r\n\r\n'),
  unparsed(
    ['a TLS greeting without TLS inside', 'RFC 9112, 3'],
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
  ),
];

const LENIENT = 'RFC 9112, 3: words may be split at any white space';

export const REQUEST_LINES: readonly Http1Request[] = [
  served(['an empty line before', 'RFC 9112, 2.2'], `\r\n${get()}`),
  served(['three empty lines before', 'RFC 9112, 2.2; parser'], `\r\n\r\n\r\n${get()}`),
  served(['two spaces', LENIENT], message('GET  {path} HTTP/1.1')),
  served(['tabs', LENIENT], message('GET\t{path}\tHTTP/1.1')),
  served(['two spaces before the version', LENIENT], message('GET {path}  HTTP/1.1')),
  unparsed(['a space before', 'RFC 9112, 3'], ` ${get()}`),
  unparsed(['a space behind', 'RFC 9112, 3; parser'], message('GET {path} HTTP/1.1 ')),
  unparsed(['a space in the target', 'RFC 9112, 3.2: should be 400'], message('GET {path} x HTTP/1.1')),
  served(['lines that end with LF', 'RFC 9112, 2.2: may be taken'], get().replaceAll('\r\n', '\n')),
  served(['a request line that ends with LF', 'RFC 9112, 2.2'], get().replace('\r\n', '\n')),
  unparsed(['a request line that ends with CR', 'RFC 9112, 2.2'], get().replace('\r\n', '\r')),
  unparsed(['two CR before LF', 'RFC 9112, 2.2'], get().replace('\r\n', '\r\r\n')),
];

const TARGET = 'RFC 9112, 3.2';
const APPLICATION = 'RFC 3986, 3.3: a path as any other';

export const TARGETS: readonly Http1Request[] = [
  served(['a double slash', APPLICATION], target('/{path}')),
  served(['double slashes within', APPLICATION], target('{path}//a//b')),
  served(['a backslash', 'RFC 3986, 2; parser'], target('{path}\\a')),
  served(['dot segments', 'RFC 3986, 6.2.2.3: need not be removed'], target('{path}/./a/../b')),
  served(['encoded dot segments', 'RFC 3986, 6.2.2.2'], target('{path}/%2e%2e/b')),
  served(['an encoded slash', 'RFC 3986, 2.2'], target('{path}%2Fa')),
  served(['a semicolon and other delimiters', APPLICATION], target("{path};a=b,c!$&'()*+@:=")),
  served(['delimiters that no URI has', 'RFC 3986, 2; parser'], target('{path}"<>^`{|}')),
  served(['a query of delimiters', 'RFC 3986, 3.4'], target('{path}?a=b&&?/:@=&=')),
  served(['an empty query', 'RFC 3986, 3.4'], target('{path}?')),
  served(['a query that is not UTF-8', 'RFC 3986, 2.1'], target('{path}?a=%C0%AF%FF')),
  served(['a query with a bad escape', 'RFC 3986, 2.1'], target('{path}?a=%zz%')),
  unparsed(['a fragment', 'RFC 9112, 3.2: part of no target'], target('{path}#a')),
  unparsed(['no slash before', TARGET], target('odd{path}')),
  unparsed(['a query alone', TARGET], target('?{path}')),
  unparsed(['an asterisk with GET', 'RFC 9112, 3.2.4'], target('*')),
  unparsed(['an authority with GET', 'RFC 9112, 3.2.3'], target('shop.test:80')),
  unparsed(['a path with bytes beyond ASCII', 'RFC 3986, 2'], target('{path}\xc3\xa9')),
  unparsed(['a path with NUL', 'RFC 3986, 2'], target('{path}\0a')),
  unparsed(['a path with a control character', 'RFC 3986, 2'], target('{path}\x01')),
  unparsed(['a path with DEL', 'RFC 3986, 2'], target('{path}\x7f')),
  unparsed(['a URN', TARGET], target('urn:isbn:0451450523')),
];

const ABSOLUTE = 'RFC 9112, 3.2.2';

export const ABSOLUTE_TARGETS: readonly Http1Request[] = [
  ...['http://shop.test', 'HTTP://SHOP.test', 'http://shop.test:80', 'http://shop.test:'].map((origin) =>
    served([`absolute: ${origin}`, ABSOLUTE], target(`${origin}{path}`), {
      at: { https: { answers: [421], reaches: 0 } },
    }),
  ),
  refused([421, 'absolute: https', 'RFC 9110, 7.4: not without TLS'], target('https://shop.test{path}'), {
    at: { https: { answers: [404], reaches: 1 } },
  }),
  refused([421, 'absolute: another scheme', 'RFC 9110, 7.4'], target('ftp://shop.test{path}')),
  served(['absolute without a path', 'RFC 9110, 4.2.3: that of the front page'], target('http://shop.test'), {
    answers: [200],
    reaches: 0,
    at: { https: { answers: [421] } },
  }),
  refused(
    [421, 'absolute: another site in both', 'RFC 9110, 15.5.20'],
    message('GET http://other.test{path} HTTP/1.1', ['Host: other.test']),
  ),
  refused([400, 'absolute with a password', 'RFC 9110, 4.2.4'], target('http://user:password@shop.test{path}')),
  refused([400, 'absolute without Host', 'RFC 9112, 3.2'], message('GET http://shop.test{path} HTTP/1.1', [])),
  unparsed(['absolute: another site than Host', `${ABSOLUTE}; parser`], target('http://other.test{path}')),
  unparsed(
    ['absolute: this site, and Host another', `${ABSOLUTE}: Host is to be ignored; parser`],
    message('GET http://shop.test{path} HTTP/1.1', ['Host: other.test']),
  ),
  unparsed(['absolute with another port than Host', `${ABSOLUTE}; parser`], target('http://shop.test:8080{path}')),
  unparsed(['absolute without an authority', 'RFC 9110, 4.2.1'], target('http://{path}')),
  unparsed(['absolute with a query and no path', 'RFC 3986, 3; parser'], target('http://shop.test?{path}')),
];
