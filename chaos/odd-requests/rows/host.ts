import { refused, served, unparsed, type Http1Request } from '../odd-request.ts';
import { get, HOST, message } from './request-text.ts';

const HOST_FIELD = 'RFC 9112, 3.2';
const SYNTAX = 'RFC 9110, 7.2; RFC 3986, 3.2';
const NOT_HERE = 'RFC 9110, 15.5.20: a name of no site here';

function host(value: string): string {
  return message('GET {path} HTTP/1.1', [`Host:${value}`]);
}

export const HOSTS: readonly Http1Request[] = [
  ...['SHOP.TEST', 'shop.test:80', 'shop.test:9999', 'shop.test:', 'localhost', '127.0.0.1:8081', '198.18.0.10'].map(
    (value) => served([`Host ${value}`, SYNTAX], host(` ${value}`)),
  ),
  served(['Host without a space', 'RFC 9112, 5.1'], host('shop.test')),
  served(['Host between tabs', 'RFC 9112, 5.1'], host('\tshop.test\t')),
  served(['Host on a line of its own', 'RFC 9112, 5.2: a space instead'], host('\r\n shop.test')),
  served(['Host twice, the same', `${HOST_FIELD}: should be 400; the parser makes one of them`], get(HOST)),
  served(
    ['another host by X-Forwarded-Host and Forwarded', 'a client cannot speak for a proxy'],
    get('X-Forwarded-Host: other.test', 'Forwarded: host=other.test;proto=https'),
  ),
  ...[
    'other.test',
    'shop.test.',
    'www.shop.test',
    'shop.test.other.test',
    'shop%2etest',
    '2130706433',
    '[::1]',
    '[::ffff:7f00:1]:80',
  ].map((value) => refused([421, `Host ${value}`, NOT_HERE], host(` ${value}`))),
  refused([400, 'no Host', HOST_FIELD], message('GET {path} HTTP/1.1', [])),
  refused([400, 'no Host in HTTP/1.0', 'the site has no default'], message('GET {path} HTTP/1.0', []), { ends: true }),
  refused([400, 'an empty Host', HOST_FIELD], host('')),
  ...['shop.test:x', 'shop.test:80:80', '[shop.test]', '::1', ':80'].map((value) =>
    refused([400, `Host ${value}`, `${HOST_FIELD}: not the form of a host`], host(` ${value}`)),
  ),
  unparsed(['Host twice, another second', HOST_FIELD], get('Host: other.test')),
  unparsed(['Host twice, another first', HOST_FIELD], message('GET {path} HTTP/1.1', ['Host: other.test', HOST])),
  ...[
    'shop.test, other.test',
    'other.test, shop.test',
    'shop.test other',
    'user@shop.test',
    'shop.test/x',
    'http://shop.test',
    'sh\xf6p.test',
    'shop.test\0',
    'shop.test?a',
    '[::1',
    'shop.test#a',
    'shop\\test',
  ].map((value) => unparsed([`Host ${JSON.stringify(value)}`, SYNTAX], host(` ${value}`))),
  unparsed(['a space before the colon of Host', 'RFC 9112, 5.1'], message('GET {path} HTTP/1.1', ['Host : shop.test'])),
];
