import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const SUITES = ['smoke', 'steady', 'ramp'];

test.each([
  ['stedy', 'steady'],
  ['smok', 'smoke'],
  ['rmap', 'ramp'],
  ['STEADY', 'steady'],
  ['st', 'steady'],
  ['amp', 'ramp'],
])('for %s the first suggestion is %s', (word, expected) => {
  expect(nearest(word, SUITES)[0]).toBe(expected);
});

test('a part of a long name is nearer than a short name with other letters', () => {
  expect(nearest('cache', ['watch', 'dependency/cache-down', 'teach'])[0]).toBe('dependency/cache-down');
});

test('every known word is suggested once, and a known word is nearest to itself', () => {
  const words = fc.uniqueArray(fc.stringMatching(/^[a-z0-9/-]{1,12}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.string(), fc.nat(), (known, word, pick) => {
      expect(nearest(word, known).toSorted()).toEqual(known.toSorted());
      const one = known[pick % known.length] ?? '';
      expect(nearest(one, known)[0]).toBe(one);
    }),
  );
});
