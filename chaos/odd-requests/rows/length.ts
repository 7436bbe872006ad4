import { refused, served, unparsed, type Http1Request } from '../odd-request.ts';
import { bytesOf, CHUNKED, chunk, get, HELLO_CHUNKED, HOST, message, post, SMUGGLED, TEXT } from './request-text.ts';

const LENGTH = 'RFC 9110, 8.6: digits only';
const DIFFERENT = 'RFC 9112, 6.3: lengths that differ';

export const CONTENT_LENGTHS: readonly Http1Request[] = [
  served(['a body with its length', 'RFC 9110, 8.6'], post(['Content-Length: 5'], 'hello')),
  served(['a length of 0', 'RFC 9110, 8.6'], post(['Content-Length: 0'])),
  served(['POST without a length', 'RFC 9112, 6.3: no body'], post([])),
  served(['a length with zeros before', LENGTH], post(['Content-Length: 0005'], 'hello')),
  served(['a length between tabs', 'RFC 9112, 5.1'], post(['Content-Length:\t5\t'], 'hello')),
  served(
    ['the same length twice', 'RFC 9112, 6.3: may be taken'],
    post(['Content-Length: 5', 'Content-Length: 5'], 'hello'),
  ),
  served(['a list of the same length', 'RFC 9112, 6.3: may be taken'], post(['Content-Length: 5, 5'], 'hello')),
  served(['GET with a body', 'RFC 9110, 9.3.1'], message('GET {path} HTTP/1.1', [HOST, 'Content-Length: 5'], 'hello')),
  served(
    ['GET whose body is a request', 'RFC 9112, 6.3: it is a body'],
    message('GET {path} HTTP/1.1', [HOST, `Content-Length: ${bytesOf(SMUGGLED)}`], SMUGGLED),
  ),
  served(['POST whose body is a request', 'RFC 9112, 6.3'], post([`Content-Length: ${bytesOf(SMUGGLED)}`], SMUGGLED)),
  served(
    ['HEAD with a body', 'RFC 9110, 9.3.2: may be refused; Varnish refuses'],
    message('HEAD {path} HTTP/1.1', [HOST, 'Content-Length: 5'], 'hello'),
    { at: { edge: { answers: [400], reaches: 0 } } },
  ),
  served(
    ['a length with an underscore beside the true one', 'RFC 9110, 5.1: another field'],
    post(['Content_Length: 50', 'Content-Length: 5'], 'hello'),
  ),
  served(
    ['a length under the name X-Content-Length', 'RFC 9110, 5.1: another field'],
    post(['X-Content-Length: 50', 'Content-Length: 5'], 'hello'),
  ),
  unparsed(['two lengths', DIFFERENT], post(['Content-Length: 5', `Content-Length: ${bytesOf(SMUGGLED)}`], SMUGGLED)),
  unparsed(
    ['two lengths, the first longer', DIFFERENT],
    post([`Content-Length: ${bytesOf(SMUGGLED)}`, 'Content-Length: 0'], SMUGGLED),
  ),
  unparsed(['a list of two lengths', DIFFERENT], post(['Content-Length: 5, 6'], 'hello!')),
  ...[
    '+5',
    '-5',
    '0x5',
    '5.0',
    '5e0',
    '5 5',
    '5;',
    '5,',
    ',5',
    '"5"',
    'abc',
    '',
    '\x0b5',
    '5\0',
    '\u0665'.replace(/./, '\xd9\xa5'),
    '99999999999999999999999',
    '9223372036854775808',
    '18446744073709551621',
  ].map((value) =>
    unparsed([`a length of ${JSON.stringify(value)}`, LENGTH], post([`Content-Length: ${value}`], 'hello')),
  ),
  unparsed(['a space before the colon of the length', 'RFC 9112, 5.1'], post(['Content-Length : 5'], 'hello')),
  served(
    ['more than the length says', 'RFC 9112, 6.3: the rest is another request'],
    post(['Content-Length: 5'], `helloX${SMUGGLED}`),
    {
      answers: [404, 501],
    },
  ),
];

const BOTH = 'RFC 9112, 6.3: chunks decide, and the connection ends';
const CODING = 'RFC 9112, 6.1 and 6.3: chunked is not the last coding, or not the only one';

/** Requests that one server may delimit by their length and another by their chunks. */
export const LENGTH_AND_CHUNKS: readonly Http1Request[] = [
  served(
    ['CL.TE: a request behind the last chunk', BOTH],
    post([`Content-Length: ${bytesOf(`0\r\n\r\n${SMUGGLED}`)}`, CHUNKED], `0\r\n\r\n${SMUGGLED}`),
    { ends: true },
  ),
  served(
    ['TE.CL: a request in a chunk', BOTH],
    post([CHUNKED, 'Content-Length: 4'], `${bytesOf(SMUGGLED).toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`),
    { ends: true },
  ),
  served(['CL.TE with a length of 0', BOTH], post(['Content-Length: 0', CHUNKED], HELLO_CHUNKED), { ends: true }),
  served(['both, and they agree', BOTH], post([`Content-Length: ${HELLO_CHUNKED.length}`, CHUNKED], HELLO_CHUNKED), {
    ends: true,
  }),
  served(['GET with both', BOTH], message('GET {path} HTTP/1.1', [HOST, 'Content-Length: 0', CHUNKED], HELLO_CHUNKED), {
    ends: true,
  }),
  refused(
    [400, 'chunks in HTTP/1.0', 'RFC 9112, 6.1: faulty, and ends; Nginx refuses'],
    message('POST {path} HTTP/1.0', [HOST, TEXT, CHUNKED], HELLO_CHUNKED),
    { ends: true },
  ),
  served(['chunks', 'RFC 9112, 7.1'], post([CHUNKED], HELLO_CHUNKED)),
  served(['GET with chunks', 'RFC 9110, 9.3.1'], message('GET {path} HTTP/1.1', [HOST, CHUNKED], HELLO_CHUNKED)),
  ...['CHUNKED', 'Chunked', '\tchunked', 'chunked \t', '\r\n chunked'].map((value) =>
    served(
      [`Transfer-Encoding ${JSON.stringify(value)}`, 'RFC 9112, 7: names ignore case'],
      post([`Transfer-Encoding: ${value}`], HELLO_CHUNKED),
    ),
  ),
  served(
    ['Transfer-Encoding behind a bare LF', 'RFC 9112, 2.2: a field as any other'],
    post(['X-Odd: a\nTransfer-Encoding: chunked'], HELLO_CHUNKED),
  ),
  served(
    ['Transfer-Encoding with an underscore', 'RFC 9110, 5.1: another field'],
    post(['Transfer_Encoding: chunked', `Content-Length: ${HELLO_CHUNKED.length}`], HELLO_CHUNKED),
  ),
  ...['gzip, chunked', 'x, chunked'].map((value) =>
    unparsed(
      [`Transfer-Encoding ${value}`, 'RFC 9112, 6.1: should be 501; HAProxy says 422'],
      post([`Transfer-Encoding: ${value}`], HELLO_CHUNKED),
      { answers: [422] },
    ),
  ),
  unparsed(
    ['Transfer-Encoding twice, an unknown one first', 'RFC 9112, 6.1: should be 501; HAProxy says 422'],
    post(['Transfer-Encoding: x', CHUNKED], HELLO_CHUNKED),
    { answers: [422] },
  ),
  ...[
    'chunked, gzip',
    'gzip',
    'identity',
    'chunked, chunked',
    'xchunked',
    'chunked;q=1',
    '"chunked"',
    'chunked, identity',
    ',chunked',
    '\x0bchunked',
    'chunked\0',
    'chunkedx',
    'chunk',
    '',
  ].map((value) =>
    unparsed(
      [`Transfer-Encoding ${JSON.stringify(value)}`, CODING],
      post([`Transfer-Encoding: ${value}`, 'Content-Length: 5'], 'hello'),
    ),
  ),
  unparsed(['Transfer-Encoding twice', CODING], post([CHUNKED, CHUNKED], HELLO_CHUNKED)),
  unparsed(
    ['Transfer-Encoding twice, identity behind', CODING],
    post([CHUNKED, 'Transfer-Encoding: identity'], HELLO_CHUNKED),
  ),
  unparsed(
    ['Transfer-Encoding with a space before the colon', 'RFC 9112, 5.1'],
    post(['Transfer-Encoding : chunked'], HELLO_CHUNKED),
  ),
  unparsed(['Transfer-Encoding with CR in it', 'RFC 9112, 2.2'], post(['Transfer-Encoding: chun\rked'], HELLO_CHUNKED)),
  served(
    ['Transfer-Encoding named by Connection', 'RFC 9110, 7.6.1: framing is not theirs'],
    post(['Connection: transfer-encoding', CHUNKED], HELLO_CHUNKED),
  ),
  served(
    ['Content-Length named by Connection', 'RFC 9110, 7.6.1: framing is not theirs'],
    post(['Connection: content-length', `Content-Length: ${bytesOf(SMUGGLED)}`], SMUGGLED),
  ),
  served(['TE as if it were Transfer-Encoding', 'RFC 9110, 10.1.4'], get('TE: chunked, trailers;q=0.5')),
];

const SIZE = 'RFC 9112, 7.1';

export const CHUNKS: readonly Http1Request[] = [
  served(['an extension', `${SIZE}.1`], post([CHUNKED], '5;a=b\r\nhello\r\n0\r\n\r\n')),
  served(['a quoted extension', `${SIZE}.1`], post([CHUNKED], '5;a="b\\"c;\\r"\r\nhello\r\n0\r\n\r\n')),
  served(['an extension at the last chunk', `${SIZE}.1`], post([CHUNKED], '5\r\nhello\r\n0;a\r\n\r\n')),
  served(
    ['an extension of 20,000 bytes', `${SIZE}.1; parser`],
    post([CHUNKED], `5;a=${'b'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`),
  ),
  served(['sizes in capitals', SIZE], post([CHUNKED], 'A\r\nhellohello\r\n0\r\n\r\n')),
  served(['sizes with zeros before', SIZE], post([CHUNKED], '0005\r\nhello\r\n000\r\n\r\n')),
  served(['a space behind a size', `${SIZE}.1; parser`], post([CHUNKED], '5 \r\nhello\r\n0\r\n\r\n')),
  served(['many small chunks', SIZE], post([CHUNKED], `${chunk('x').repeat(1_000)}0\r\n\r\n`)),
  served(
    ['a request in a chunk', SIZE],
    post([CHUNKED], `${bytesOf(SMUGGLED).toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  ),
  served(
    ['a trailer', `${SIZE}.2: may be dropped`],
    post([CHUNKED, 'Trailer: X-Odd'], '5\r\nhello\r\n0\r\nX-Odd: 1\r\n\r\n'),
  ),
  served(
    ['a trailer that nobody announced', `${SIZE}.2: may be dropped`],
    post([CHUNKED], '5\r\nhello\r\n0\r\nX-Odd: 1\r\n\r\n'),
  ),
  served(
    ['a length in a trailer', 'RFC 9110, 6.5.1: not there'],
    post([CHUNKED], `5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n`),
  ),
  served(
    ['a host in a trailer', 'RFC 9110, 6.5.1: not there'],
    post([CHUNKED], `5\r\nhello\r\n0\r\nHost: other.test\r\n\r\n`),
  ),
  served(['GET with a trailer', `${SIZE}.2`], message('GET {path} HTTP/1.1', [HOST, CHUNKED], '0\r\nX-Odd: 1\r\n\r\n')),
  unparsed(['a trailer without a colon', `${SIZE}.2`], post([CHUNKED], '5\r\nhello\r\n0\r\nodd\r\n\r\n')),
  ...['zz', '0x5', '-5', '+5', ' 5', '5x', '5\t5', '', '5,5', 'ffffffffffffffff', '10000000000000005', '-'].map(
    (size) => unparsed([`a size of ${JSON.stringify(size)}`, SIZE], post([CHUNKED], `${size}\r\nhello\r\n0\r\n\r\n`)),
  ),
  unparsed(['sizes that end with LF', `${SIZE}; parser`], post([CHUNKED], '5\nhello\n0\n\n')),
  unparsed(['a size that ends with CR', SIZE], post([CHUNKED], '5\rhello\r\n0\r\n\r\n')),
  unparsed(['an extension that ends with LF', `${SIZE}.1`], post([CHUNKED], '5;a\nhello\r\n0\r\n\r\n')),
  unparsed(['a chunk shorter than its size', SIZE], post([CHUNKED], '8\r\nhello\r\n0\r\n\r\n')),
  unparsed(['a chunk longer than its size', SIZE], post([CHUNKED], '3\r\nhello\r\n0\r\n\r\n')),
  unparsed(['no line end behind a chunk', SIZE], post([CHUNKED], '5\r\nhelloXX0\r\n\r\n')),
];
