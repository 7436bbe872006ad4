import fc from 'fast-check';
import { expect, it } from 'vitest';
import { METHODS, OTHER_METHOD, ROUTE_CLASSES } from '../../deploy/model/route-classes.ts';
import { CODE_CLASSES } from './code-class.ts';
import { anyBytes } from './testing.ts';
import { parseNginxLine } from './parse-nginx-line.ts';

const HEADER = '<190>Nov 24 22:04:30 nginx: ';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

it('reads a line as Nginx 1.26 sends it', () => {
  expect(parseNginxLine(`${HEADER}N1|/products/:id|GET|200|0.012|5150|200|0.011|${TRACE}`)).toEqual({
    route: '/products/:id',
    method: 'GET',
    code: '2xx',
    seconds: 0.012,
    bytes: 5150,
    tries: [{ code: '2xx', seconds: 0.011 }],
    traceId: TRACE,
  });
});

it.each([
  ['no upstream was used', '-|-', []],
  ['the second try was answered', '502, 200|0.001, 0.020', ['5xx 0.001', '2xx 0.02']],
  ['an internal redirect used the upstream again', '404 : 200|0.003 : 0.004', ['4xx 0.003', '2xx 0.004']],
  ['a try ended without a status', '-|0.400', ['other 0.4']],
  ['no try could be made', '502|-', []],
])('reads the upstream tries when %s', (_when, fields, expected) => {
  const line = parseNginxLine(`${HEADER}N1|/|GET|200|0.012|51|${fields}|-`);
  expect(line?.tries.map(({ code, seconds }) => `${code} ${seconds}`)).toEqual(expected);
  expect(line?.traceId).toBeUndefined();
});

it.each([
  ['nothing', ''],
  ['a header only', HEADER],
  ['another version', `${HEADER}N2|/|GET|200|0.012|51|-|-|-`],
  ['a field too few', `${HEADER}N1|/|GET|200|0.012|51|-|-`],
  ['a field too many', `${HEADER}N1|/|GET|200|0.012|51|-|-|-|-`],
  ['no time', `${HEADER}N1|/|GET|200|soon|51|-|-|-`],
  ['a negative time', `${HEADER}N1|/|GET|200|-0.012|51|-|-|-`],
  ['an infinite time', `${HEADER}N1|/|GET|200|Infinity|51|-|-|-`],
  ['an invalid status', `${HEADER}N1|/|GET|2x0|0.012|51|-|-|-`],
  ['lists of different lengths', `${HEADER}N1|/|GET|200|0.012|51|502, 200|0.001|-`],
  ['a list that is too long', `${HEADER}N1|/|GET|200|0.012|51|${'502, '.repeat(40)}200|${'0.001, '.repeat(40)}0.001|-`],
])('refuses %s', (_what, text) => {
  expect(parseNginxLine(text)).toBeUndefined();
});

const anyField = fc.oneof(
  anyBytes(),
  fc.constantFrom(
    '/',
    'GET',
    '200',
    '0.001',
    '-',
    '__proto__',
    'constructor',
    '"',
    '\n',
    '\\',
    `${TRACE}x`,
    '1e9',
    '0x10',
  ),
);

it('never throws, and all label values are from closed sets, for any datagram', () => {
  fc.assert(
    fc.property(fc.array(anyField, { minLength: 0, maxLength: 12 }), (fields) => {
      const line = parseNginxLine(`${HEADER}N1|${fields.join('|')}`);
      if (line === undefined) return;
      expect(ROUTE_CLASSES).toContain(line.route);
      expect([...METHODS, OTHER_METHOD]).toContain(line.method);
      for (const code of [line.code, ...line.tries.map((one) => one.code)]) expect(CODE_CLASSES).toContain(code);
      expect(line.traceId ?? TRACE).toMatch(/^[0-9a-f]{32}$/);
      expect(Number.isFinite(line.seconds) && line.seconds >= 0).toBe(true);
    }),
  );
});

it('unknown values in a well-formed line become other', () => {
  fc.assert(
    fc.property(
      anyBytes().filter((text) => !text.includes('|')),
      anyBytes().filter((text) => !text.includes('|')),
      (route, method) => {
        const line = parseNginxLine(`${HEADER}N1|${route}|${method}|200|0.001|1|-|-|-`);
        expect(ROUTE_CLASSES).toContain(line?.route);
        expect([...METHODS, OTHER_METHOD]).toContain(line?.method);
      },
    ),
  );
});
