import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CODE_CLASSES } from './code-class.ts';
import { anyBytes } from './testing.ts';
import { parseHaproxyLine } from './parse-haproxy-line.ts';

const NAMES = { proxies: new Set(['http', 'web']), servers: new Set(['web1']) };
const TRACE = '26d48ce897ae46a7b52bb185678cbd3c';
const read = (fields: string, rest = '","at":1764022') => parseHaproxyLine(`{"line":"H1|${fields}${rest}`, NAMES);

it('reads a line as HAProxy 3.0 sends it, truncated after the compact part', () => {
  expect(read(`7|41|http|web|web1|200|--|12|-|${TRACE}`)).toEqual({
    counter: '7|http',
    sequence: 41,
    proxy: 'http',
    backend: 'web',
    server: 'web1',
    code: '2xx',
    termination: '--',
    seconds: 0.012,
    isCheck: false,
    isForwarded: false,
    isError: false,
    traceId: TRACE,
  });
});

it.each([
  ['no server', `7|0|http|web|<NOSRV>|503|SC|2000|-|-`, { server: 'none', code: '5xx', termination: 'SC' }],
  ['no status', `7|0|http|web|web1|-1|CR|5|-|-`, { code: 'other', termination: 'CR', traceId: undefined }],
  ['a health check', `7|0|http|web|web1|503|SC|5|check|-`, { isCheck: true }],
  [
    'a request that an edge has already counted',
    `7|0|http|web|web1|200|--|5|forwarded|-`,
    { isForwarded: true, isCheck: false },
  ],
  ['an error of the site', `7|0|http|web|web1|500|--|5|-|-`, { isError: true }],
  ['a method that is not implemented', `7|0|http|web|<NOSRV>|501|PR|5|-|-`, { isError: false }],
  [
    'unknown names',
    `7|0|x|y|z|200|??|5|-|-`,
    { proxy: 'other', backend: 'other', server: 'other', termination: 'other' },
  ],
])('reads a line with %s', (_what, fields, expected) => {
  expect(read(fields)).toMatchObject(expected);
});

it.each([
  ['the end of its compact part', `7|41|http|web|web1|200|--|12|-|${TRACE}`, ''],
  ['a field', `7|41|http|web|web1|200|--|12|-`, '"'],
  ['a number', `7|many|http|web|web1|200|--|12|-|-`, '"'],
  ['a time', `7|41|http|web|web1|200|--|-1|-|-`, '"'],
])('refuses a line without %s', (_what, fields, rest) => {
  expect(read(fields, rest)).toBeUndefined();
});

it('never throws, and all label values are from closed sets, for any datagram', () => {
  const field = fc.oneof(
    anyBytes(),
    fc.constantFrom('7', '41', 'http', 'web', 'web1', '200', '--', '-', '__proto__', 'toString'),
  );
  fc.assert(
    fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
      expectBounded(read(fields.join('|')));
      expectBounded(parseHaproxyLine(fields.join('|'), NAMES));
    }),
  );
});

function expectBounded(line: ReturnType<typeof parseHaproxyLine>): void {
  if (line === undefined) return;
  for (const proxy of [line.proxy, line.backend]) expect([...NAMES.proxies, 'other']).toContain(proxy);
  expect([...NAMES.servers, 'none', 'other']).toContain(line.server);
  expect(CODE_CLASSES).toContain(line.code);
  expect(line.termination).toMatch(/^([CSPLRUDKIcs-][RQCHDLT-]|other)$/);
}
