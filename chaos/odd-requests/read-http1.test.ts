import { expect, it } from 'vitest';
import { parseResponses } from './read-http1.ts';

function parse(text: string, { isClosed = false, toHead = [] as readonly number[] } = {}) {
  const { responses, rest } = parseResponses(Buffer.from(text, 'latin1'), {
    isClosed,
    isToHead: (index) => toHead.includes(index),
  });
  return { read: responses.map(({ status, body }) => [status, body]), rest: rest.toString('latin1') };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

it.each([
  ['a length', OK, [[200, 'hello']]],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n', [[200, 'hello']]],
  [
    'no body by its status',
    'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
    [
      [204, ''],
      [304, ''],
    ],
  ],
  [
    'an interim one before',
    `HTTP/1.1 100 Continue\r\n\r\n${OK}`,
    [
      [100, ''],
      [200, 'hello'],
    ],
  ],
  [
    'another behind',
    OK + OK,
    [
      [200, 'hello'],
      [200, 'hello'],
    ],
  ],
])('a response with %s is read', (_name, text, read) => {
  expect(parse(text)).toEqual({ read, rest: '' });
});

it('a response without a length ends with the connection', () => {
  const text = 'HTTP/1.1 400 Bad request\r\n\r\n<html>';
  expect(parse(text)).toEqual({ read: [], rest: text });
  expect(parse(text, { isClosed: true })).toEqual({ read: [[400, '<html>']], rest: '' });
});

it('the response to HEAD has no body, independent of its Content-Length', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
  expect(parse(`HTTP/1.1 100 Continue\r\n\r\n${OK}${head}${OK}`, { toHead: [1] }).read).toEqual([
    [100, ''],
    [200, 'hello'],
    [200, ''],
    [200, 'hello'],
  ]);
});

it.each([
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel'],
  ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel'],
  ['something else', 'hello\r\n\r\n'],
])('%s after a response is returned as the rest', (_name, rest) => {
  expect(parse(OK + rest)).toEqual({ read: [[200, 'hello']], rest });
});
