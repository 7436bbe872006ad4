import { expect, it } from 'vitest';
import { hashPassword, isPassword } from './password.ts';

it('accepts only the password of a hash', async () => {
  const hash = await hashPassword('holdfast', Buffer.from('0123456789abcdef'));
  expect(hash).toMatch(/^scrypt\$4096\$8\$1\$/);
  expect(await isPassword('holdfast', hash)).toBe(true);
  expect(await isPassword('Holdfast', hash)).toBe(false);
  expect(await isPassword('holdfast', 'not a hash')).toBe(false);
});
