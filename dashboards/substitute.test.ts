import { expect, it } from 'vitest';
import { anyValueOf, substitute } from './substitute.ts';

it('substitutes variables with values, and keeps others', () => {
  const values = { host: '(a|b)', __rate_interval: '20s' };
  expect(substitute('rate(x{host=~"$host",y=~"${host:regex}",z="$hosts"}[$__rate_interval])', values)).toBe(
    'rate(x{host=~"(a|b)",y=~"(a|b)",z="$hosts"}[20s])',
  );
});

it('builds a regular expression of values, escaped for a PromQL string', () => {
  expect(anyValueOf(['app1'])).toBe('app1');
  expect(anyValueOf(['app1', 'app2'])).toBe('(app1|app2)');
  expect(anyValueOf(['10.0'])).toBe('10\\\\.0');
});
