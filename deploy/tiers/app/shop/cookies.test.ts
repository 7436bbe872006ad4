import { expect, it } from 'vitest';
import { cookieOf, renderCookie } from './cookies.ts';

it.each([
  ['a=1; hf_session=x.y; b=2', 'x.y'],
  ['hf_session=', ''],
  ['not_hf_session=x', undefined],
  ['hf_session', undefined],
  ['', undefined],
  [undefined, undefined],
])('finds the cookie in %j: %s', (header, value) => {
  expect(cookieOf(header, 'hf_session')).toBe(value);
});

it('hides cookies from scripts and other sites, and cookies set over TLS from plain connections', () => {
  expect(renderCookie('a', 'b', { maxAge: 5, secure: false })).toBe('a=b; Path=/; Max-Age=5; HttpOnly; SameSite=Lax');
  expect(renderCookie('a', 'b', { maxAge: 5, secure: true })).toMatch(/; Secure$/);
});
