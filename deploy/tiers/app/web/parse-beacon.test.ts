import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PAGE_ROUTES } from '../../../model/route-classes.ts';
import { BEACON_REFUSALS, VITAL_NAMES, VITALS } from '../../../model/web-vitals.ts';
import { MAX_EVENTS, parseBeacon } from './parse-beacon.ts';

const vital = (name: unknown, value: unknown) => ({ kind: 'vital', name, value });
const beacon = (...events: readonly unknown[]): string => JSON.stringify({ route: '/', events });

it('parses the events of a page', () => {
  const events = [{ kind: 'view' }, { kind: 'error' }, { kind: 'route-change' }, vital('lcp', 1.2), vital('cls', 0)];
  expect(parseBeacon(beacon(...events))).toEqual({ route: '/', events });
});

it.each(PAGE_ROUTES)('accepts the page %s', (route) => {
  expect(parseBeacon(JSON.stringify({ route, events: [{ kind: 'view' }] }))).toMatchObject({ route });
});

it.each(VITAL_NAMES)('accepts %s up to its maximum only', (name) => {
  const { max } = VITALS[name];
  expect(parseBeacon(beacon(vital(name, max)))).not.toHaveProperty('refused');
  for (const value of [max + 0.001, -0.001, Number.MAX_VALUE]) {
    expect(parseBeacon(beacon({ kind: 'view' }, vital(name, value)))).toEqual({ refused: 'out-of-range' });
  }
});

it.each([
  ['an empty body', ''],
  ['a missing body', undefined],
  ['invalid JSON', 'view'],
  ['a number', '1'],
  ['null', 'null'],
  ['deep JSON', '['.repeat(2_000) + ']'.repeat(2_000)],
  [
    'a deep value',
    `{"route":"/","events":[{"kind":"vital","name":"lcp","value":${'['.repeat(900)}${']'.repeat(900)}}]}`,
  ],
  ['no events', beacon()],
  ['more events than a page sends', beacon(...Array.from({ length: MAX_EVENTS + 1 }, () => ({ kind: 'view' })))],
  ['an unknown kind', beacon({ kind: 'purchase' })],
  ['a kind from the prototype', beacon({ kind: 'constructor' })],
  ['a vital without a value', beacon({ kind: 'vital', name: 'lcp' })],
  ['a number as text', beacon(vital('lcp', '1'))],
  ['NaN as text', beacon(vital('lcp', 'NaN'))],
  ['NaN', '{"route":"/","events":[{"kind":"vital","name":"lcp","value":NaN}]}'],
  ['more than a number holds', '{"route":"/","events":[{"kind":"vital","name":"lcp","value":1e999}]}'],
  ['a name that is not text', beacon(vital(['lcp'], 1))],
  ['an error with its message', beacon({ kind: 'error', message: 'user1@shop.test' })],
  ['an address', '{"route":"/","url":"https://shop.test/?token=1","events":[{"kind":"view"}]}'],
  ['a prototype', '{"__proto__":{"route":"/"},"events":[{"kind":"view"}]}'],
  ['a prototype beside the rest', '{"route":"/","__proto__":{"isAdmin":true},"events":[{"kind":"view"}]}'],
])('rejects %s', (_what, body) => {
  expect(parseBeacon(body)).toEqual({ refused: 'malformed' });
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});

it.each(['/products/17', '/api/orders', '/livez', '', '__proto__', 'constructor', '/ '])(
  'rejects the page "%s"',
  (route) => {
    expect(parseBeacon(JSON.stringify({ route, events: [{ kind: 'view' }] }))).toEqual({ refused: 'unknown-route' });
  },
);

it.each(['LCP', 'fid', '', '__proto__', 'constructor', 'toString'])('rejects the vital "%s"', (name) => {
  expect(parseBeacon(beacon(vital(name, 1)))).toEqual({ refused: 'unknown-vital' });
});

it('never throws, and returns only known routes and vitals', () => {
  const route = fc.oneof(fc.constantFrom(...PAGE_ROUTES), fc.string());
  const name = fc.oneof(fc.constantFrom(...VITAL_NAMES), fc.string());
  const event = fc.record(
    { kind: fc.constantFrom('view', 'vital', 'x'), name, value: fc.double() },
    { requiredKeys: [] },
  );
  const bodies = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ route, events: fc.array(event) }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(bodies, (body) => {
      const parsed = parseBeacon(body);
      if ('refused' in parsed) {
        expect(BEACON_REFUSALS).toContain(parsed.refused);
        return;
      }
      expect(PAGE_ROUTES).toContain(parsed.route);
      for (const one of parsed.events) if (one.kind === 'vital') expect(VITAL_NAMES).toContain(one.name);
    }),
  );
});
