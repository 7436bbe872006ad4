import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE, sampleUser } from '../boot/sample-data.ts';
import { normaliseEmail } from './email.ts';

const ADDRESS = 'user1@shop.test';

describe('normaliseEmail', () => {
  it.each([
    ['as it is stored', ADDRESS],
    ['in capitals', 'USER1@SHOP.TEST'],
    ['with spaces and line ends around it', ' \tUser1@shop.test\r\n'],
  ])('normalises an address %s to the same user', (_what, text) => {
    expect(normaliseEmail(text)).toBe(ADDRESS);
  });

  it.each([
    ['an accent', 'üser1@shop.test'],
    ['a circled digit', 'user①@shop.test'],
    ['a full width letter', 'ｕser1@shop.test'],
    ['a letter of another alphabet', 'usеr1@shop.test'],
    ['a long s', 'uſer1@shop.test'],
    ['a ligature', 'office@shop.test'.replace('ffi', 'ﬃ')],
    ['an additional dot', 'user.1@shop.test'],
  ])('keeps an address with %s as a different user', (_what, text) => {
    expect(normaliseEmail(text)).toBe(text);
    expect(text).not.toBe(ADDRESS);
  });

  it.each([
    ['a capital with a dot', 'İ@shop.test'],
    ['a capital of another alphabet', 'Σ@shop.test'],
  ])('does not fold %s', (_what, text) => {
    expect(normaliseEmail(text)).toBe(text);
  });

  it.each([
    ['no characters', ''],
    ['only spaces', ' \n'],
    ['a zero-width space', 'user1\u200b@shop.test'],
    ['a joiner', 'user1\u200d@shop.test'],
    ['a soft hyphen', 'us\u00ader1@shop.test'],
    ['a direction override', 'user1\u202e@shop.test'],
    ['a byte order mark at its end', 'user1@shop.test\ufeff'],
    ['a no-break space', 'user1@shop.test\u00a0'],
    ['a Hangul filler', 'user1\u3164@shop.test'],
    ['a variation selector', 'user1\ufe0f@shop.test'],
    ['a grapheme joiner', 'user1\u034f@shop.test'],
    ['a space inside', 'user 1@shop.test'],
    ['a control character', 'user1\u0000@shop.test'],
    ['half a surrogate pair', 'user1\ud800@shop.test'],
    ['a combining accent', 'u\u0308ser1@shop.test'],
    ['the Kelvin sign', '\u212a@shop.test'],
  ])('rejects an address with %s', (_what, text) => {
    expect(normaliseEmail(text)).toBeUndefined();
  });

  const anyText = fc.string({ unit: 'binary' });
  const latin = fc.string({
    unit: fc.constantFrom(
      'a',
      'b',
      'H',
      'J',
      'K',
      'S',
      'Z',
      '1',
      '@',
      '.',
      'ü',
      'Σ',
      '①',
      '\u0301',
      '\u0331',
      '\u030c',
    ),
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, latin), (text) => {
        const address = normaliseEmail(text);
        if (address !== undefined) expect(normaliseEmail(address)).toBe(address);
      }),
      { numRuns: 2_000 },
    );
  });

  it('maps two addresses to one only if they differ only in the case of A to Z and in surrounding spaces', () => {
    const plain = (text: string): string =>
      text
        .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
        .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
        .normalize('NFC');
    fc.assert(
      fc.property(fc.oneof(anyText, latin), fc.oneof(anyText, latin), (left, right) => {
        const [one, other] = [normaliseEmail(left), normaliseEmail(right)];
        if (one !== undefined && one === other) expect(plain(left)).toBe(plain(right));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never returns invisible or decomposed characters', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const address = normaliseEmail(text) ?? 'none';
        expect(address).toBe(address.normalize('NFC'));
        expect(address).not.toMatch(/[\p{C}\p{Z}A-Z]/u);
      }),
      { numRuns: 2_000 },
    );
  });
});

it('the sample users have normalised addresses', () => {
  for (let id = 1; id <= SAMPLE.users; id += 1) {
    const { email } = sampleUser(id);
    expect(normaliseEmail(email)).toBe(email);
  }
});
