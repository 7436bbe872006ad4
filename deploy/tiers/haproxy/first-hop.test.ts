import { expect, test } from 'vitest';
import { REQUEST_LIMITS } from '../../model/request-limits.ts';
import { makeTopology } from '../../model/topology.ts';
import { renderFirstHop } from './first-hop.ts';

const topology = makeTopology();

function linesOf(scheme: 'http' | 'https' = 'http'): readonly string[] {
  return renderFirstHop(topology, { proxies: ['192.0.2.1'], scheme, checkPath: '/healthz' });
}

/** The regular expressions in lines with `text`, unescaped like in HAProxy: a double backslash becomes a single one. */
function expressionsIn(text: string, lines = linesOf()): readonly RegExp[] {
  return lines
    .filter((line) => line.includes(text))
    .flatMap((line) => [...line.matchAll(/-m reg (-i )?(\S+)/g)])
    .map(([, flag, expression = '']) => new RegExp(expression.replaceAll('\\\\', '\\'), flag === undefined ? '' : 'i'));
}

/** The index of the first line with `text`. */
function placeOf(text: string): number {
  return linesOf().findIndex((line) => line.includes(text));
}

test('an HTTP/1 message with another major version gets 505, before its method and Host are checked', () => {
  expect(linesOf().find((line) => line.includes('status 505'))).toContain(
    ' if { fc_http_major 1 } !{ req.ver -m beg 1. }',
  );
  expect(placeOf('status 505')).toBeLessThan(placeOf('status 405'));
});

test.each([
  ['shop.test', true],
  ['shop.test:80', true],
  ['shop.test:', true],
  ['192.0.2.1:8080', true],
  ['[2001:db8::1]', true],
  ['[2001:db8::1]:80', true],
  ['', false],
  [':80', false],
  ['shop.test:x', false],
  ['shop.test:80:80', false],
  ['2001:db8::1', false],
  ['[2001:db8::1', false],
  ['[shop.test]', false],
  ['shop.test]', false],
])('%j is a valid Host: %s', (value, isHost) => {
  expect(expressionsIn('req.fhdr(Host)').map((expression) => expression.test(value))).toEqual([isHost]);
});

test('a request without Host, or with two, gets 400', () => {
  expect(linesOf().find((line) => line.includes('req.fhdr(Host)'))).toMatch(
    /status 400 .* if !\{ req\.fhdr_cnt\(Host\) eq 1 \} \|\| !/,
  );
});

test.each([
  ['/products', false, false],
  ['/products?next=ftp://other.test/', false, false],
  ['/a://user@shop.test/', false, false],
  ['*', false, false],
  ['http://shop.test/', false, false],
  ['HTTP://shop.test', false, false],
  ['http://shop.test/@', false, false],
  ['http://user@shop.test/', true, false],
  ['http://user:password@shop.test', true, false],
  ['https://shop.test/', false, true],
  ['ftp://shop.test/', false, true],
])('without TLS, the target %s contains a user: %s, is for another entry: %s', (url, namesUser, isElsewhere) => {
  const [withUser, absolute, own] = expressionsIn('{ url -m reg');
  expect([withUser?.test(url), absolute?.test(url) === true && own?.test(url) === false]).toEqual([
    namesUser,
    isElsewhere,
  ]);
});

test('with TLS, an absolute target must have the scheme https', () => {
  const [, , own] = expressionsIn('{ url -m reg', linesOf('https'));
  expect(['https://shop.test/', 'http://shop.test/'].map((url) => own?.test(url))).toEqual([true, false]);
});

test('control characters in headers get 400, except for tabs and line ends', () => {
  const [control] = expressionsIn('req.hdrs -m reg');
  const refused = Array.from({ length: 256 }, (_, code) => code).filter((code) =>
    control?.test(String.fromCharCode(code)),
  );
  const all = Array.from({ length: 32 }, (_, code) => code);
  // The parser already rejects NUL.
  expect(refused).toEqual([...all.filter((code) => ![0, 9, 10, 13].includes(code)), 127]);
});

test('Expect is removed after the body has arrived, because this hop has met the expectation', () => {
  expect(placeOf('del-header Expect')).toBeGreaterThan(placeOf('wait-for-body'));
});

test('a Range with an unknown unit is removed', () => {
  expect(linesOf()).toContain('    http-request del-header Range unless { req.fhdr(Range) -m beg -i bytes= }');
});

test('the byte limit is for target and headers together, so that they fit into every buffer behind this hop', () => {
  const bytes = linesOf().filter((line) => /url_bytes|header_bytes\)/.test(line));
  expect(bytes.slice(0, 2)).toEqual([
    '    http-request set-var(txn.url_bytes) url,length',
    '    http-request set-var(txn.header_bytes) req.hdrs,length,add(txn.url_bytes)',
  ]);
  expect(REQUEST_LIMITS.headerBytes).toBeGreaterThan(REQUEST_LIMITS.urlBytes);
});

test('header limits do not apply to requests from proxies of the stack, which add headers', () => {
  const conditions =
    linesOf()
      .find((line) => line.includes('status 431'))
      ?.split(' if ')[1]
      ?.split(' || ') ?? [];
  expect(conditions).toHaveLength(2);
  expect(conditions.filter((condition) => !condition.startsWith('!from_proxy '))).toEqual([]);
});

test('the connection is closed if the rest of a body would have to be read first', () => {
  expect(linesOf()).toContain('    http-after-response set-header Connection close if { status 408 413 }');
});

test('headers listed in Connection are removed before the stack adds its own headers', () => {
  const dropped = placeOf('lua.drop_hop_headers');
  expect(dropped).toBeGreaterThan(0);
  for (const own of [
    'set-header traceparent',
    'set-header X-Request-ID',
    'set-header X-Forwarded-For',
    'set-header Host',
  ]) {
    expect(placeOf(own)).toBeGreaterThan(dropped);
  }
});
