import { REQUEST_LIMITS } from '../../../deploy/model/request-limits.ts';
import { refused, served, unparsed, type Http1Request } from '../odd-request.ts';
import { CHUNKED, chunk, get, HOST, message, PATH_BYTES, post, target } from './request-text.ts';

const { headers, headerBytes, urlBytes, bodyBytes, arrivalMs } = REQUEST_LIMITS;
/** HAProxy parses at most this number of fields (`tune.http.maxhdr`). */
const PARSED_FIELDS = 101;
/** More than one of HAProxy's buffers. */
const OVER_BUFFER = 2 * (headerBytes + bodyBytes);

const LIMIT = 'REQUEST_LIMITS';

/** A path with a query, of this number of bytes. */
function url(bytes: number): string {
  return `{path}?${'a'.repeat(bytes - PATH_BYTES - 1)}`;
}

function manyFields(count: number): readonly string[] {
  return Array.from({ length: count - 1 }, (_, index) => `X-Odd-${index}: 1`);
}

/** GET whose target, fields and empty line have this number of bytes, line ends included, with fields of at most 4 KiB. */
function getOf(bytes: number): string {
  const missing = bytes - PATH_BYTES - `${HOST}\r\n\r\n`.length;
  const whole = Math.floor(missing / 4_096);
  const sizes = [...Array.from({ length: whole }, () => 4_096), missing % 4_096].filter((size) => size > 0);
  return get(...sizes.map((size) => `X-Odd: ${'a'.repeat(size - 'X-Odd: \r\n'.length)}`));
}

export const LIMITS: readonly Http1Request[] = [
  served(['as many fields as allowed', LIMIT], get(...manyFields(headers))),
  refused([431, 'one field more', LIMIT], get(...manyFields(headers + 1))),
  refused([431, '100 fields', LIMIT], get(...manyFields(100))),
  unparsed(['more fields than are parsed', 'RFC 6585, 5; parser'], get(...manyFields(PARSED_FIELDS))),
  unparsed(['1,000 fields', 'RFC 6585, 5; parser'], get(...manyFields(1_000))),
  served(['as many bytes of target and fields as allowed', LIMIT], getOf(headerBytes)),
  refused([431, 'one byte more', LIMIT], getOf(headerBytes + 1)),
  refused([431, 'one field as large as all may be', LIMIT], get(`X-Odd: ${'a'.repeat(headerBytes)}`)),
  unparsed(['a field larger than a buffer', 'RFC 6585, 5; parser'], get(`X-Odd: ${'a'.repeat(OVER_BUFFER)}`)),
  served(['a cookie of 8 KiB', LIMIT], get(`Cookie: odd=${'a'.repeat(8_192)}`)),
  served(['a target as long as allowed', LIMIT], target(url(urlBytes))),
  served(['a path as long as allowed', LIMIT], target(`{path}${'a'.repeat(urlBytes - PATH_BYTES)}`)),
  refused([414, 'a target one byte longer', LIMIT], target(url(urlBytes + 1))),
  refused([414, 'a path of 20,000 bytes', LIMIT], target(`{path}${'a'.repeat(20_000)}`)),
  unparsed(['a target larger than a buffer', 'RFC 9110, 15.5.15; parser'], target(url(OVER_BUFFER))),
  served(['a body as large as allowed', LIMIT], post([`Content-Length: ${bodyBytes}`], 'a'.repeat(bodyBytes))),
  refused(
    [413, 'a body one byte larger', LIMIT],
    post([`Content-Length: ${bodyBytes + 1}`], 'a'.repeat(bodyBytes + 1)),
    {
      ends: true,
    },
  ),
  refused([413, 'a large body that does not come', LIMIT], post(['Content-Length: 1000000000']), { ends: true }),
  served(['chunks as large as allowed', LIMIT], post([CHUNKED], `${chunk('a'.repeat(bodyBytes))}0\r\n\r\n`)),
  refused([413, 'chunks one byte larger', LIMIT], post([CHUNKED], `${chunk('a'.repeat(bodyBytes + 1))}0\r\n\r\n`), {
    ends: true,
  }),
  refused(
    [413, 'many chunks one byte larger', LIMIT],
    post([CHUNKED], `${chunk('a').repeat(bodyBytes + 1)}0\r\n\r\n`),
    {
      ends: true,
    },
  ),
  served(
    ['the largest request', LIMIT],
    message(
      `POST ${url(urlBytes)} HTTP/1.1`,
      [
        HOST,
        'Content-Type: text/plain',
        `Content-Length: ${bodyBytes}`,
        `X-Odd: ${'a'.repeat(headerBytes - urlBytes - 200)}`,
      ],
      'a'.repeat(bodyBytes),
    ),
  ),
];

const SLOW = `REQUEST_LIMITS: ${arrivalMs} ms`;

export const INCOMPLETE: readonly Http1Request[] = [
  unparsed(['no more than a first line', SLOW], 'GET {path} HTTP/1.1\r\n', { answers: [408] }),
  unparsed(['fields without an end', SLOW], `GET {path} HTTP/1.1\r\n${HOST}\r\n`, { answers: [408] }),
  refused([408, 'half a body', SLOW], post(['Content-Length: 10'], 'hello'), { ends: true }),
  refused([408, 'chunks without an end', SLOW], post([CHUNKED], chunk('hello')), { ends: true }),
  refused([408, 'a trailer without an end', SLOW], post([CHUNKED], '0\r\nX-Odd: 1\r\n'), { ends: true }),
  refused([408, 'Expect, and no body', SLOW], post(['Expect: 100-continue', 'Content-Length: 5']), {
    answers: [100, 408],
    ends: true,
  }),
];
