import { expect, it } from 'vitest';
import { parseReason } from './parse-reason.ts';

it.each([
  [undefined, undefined],
  ['  ', undefined],
  [' new disk ', 'new disk'],
  ['„größer“ {{ $(id) }} 🚀', '„größer“ {{ $(id) }} 🚀'],
])('%j is the reason %j', (text, reason) => {
  expect(parseReason(text)).toBe(reason);
});

it.each(['two\nlines', 'a\u0007bell', 'x'.repeat(201)])('%j is refused', (text) => {
  expect(() => parseReason(text)).toThrow('one line of at most 200 characters');
});
