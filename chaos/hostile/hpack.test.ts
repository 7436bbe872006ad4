import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeFields, encodeFields, encodeInteger } from './hpack.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

// RFC 7541, C.1.
it.each([
  [10, 5, '0a'],
  [1_337, 5, '1f9a0a'],
  [42, 8, '2a'],
  [127, 7, '7f00'],
])('the integer %i with a prefix of %i bits is %s', (value, bits, hex) => {
  expect(encodeInteger(value, bits).toString('hex')).toBe(hex);
});

// RFC 7541, C.2.
it.each([
  [
    'a literal with a new name',
    '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
    ['custom-key', 'custom-header'],
  ],
  ['a literal whose name has an index', '040c 2f73 616d 706c 652f 7061 7468', [':path', '/sample/path']],
  ['a literal that is never indexed', '1008 7061 7373 776f 7264 0673 6563 7265 74', ['password', 'secret']],
  ['an index', '82', [':method', 'GET']],
])('%s is read', (_name, hex, field) => {
  expect(decodeFields(bytes(hex))).toEqual([field]);
});

it('a response of RFC 7541 (C.5.1) is read', () => {
  const block = bytes(
    `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 54
     6e17 6874 7470 733a 2f2f 7777 772e 6578 616d 706c 652e 636f 6d`.replaceAll(/\s/g, ''),
  );
  expect(decodeFields(block)).toEqual([
    [':status', '302'],
    ['cache-control', 'private'],
    ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['location', 'https://www.example.com'],
  ]);
});

// RFC 7541, C.6: the first field of each response.
it.each([
  ['4882 6402', '302'],
  ['4883 640e ff', '307'],
])('the status in the Huffman code %s is %s', (hex, status) => {
  expect(decodeFields(bytes(hex))).toEqual([[':status', status]]);
});

it('a literal is written without index, Huffman code or change of its case', () => {
  expect(encodeFields([['X-Odd', 'a']]).toString('hex')).toBe('0005582d4f64640161');
});

it('an update of the table size yields no field', () => {
  expect(decodeFields(bytes('20 82'))).toEqual([[':method', 'GET']]);
});

it.each([
  ['an index of the dynamic table', 'be', 'not in the static table'],
  ['index 0', '80', 'not in the static table'],
  ['a string that breaks off', '0005 78', 'behind its HPACK block'],
  ['a Huffman code of letters', '4885 aec3 771a 4b', 'not digits alone'],
])('%s is rejected', (_name, hex, message) => {
  expect(() => decodeFields(bytes(hex))).toThrow(message);
});

it('decoding returns the encoded fields', () => {
  const text = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 300,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (fields) => {
      expect(decodeFields(encodeFields(fields))).toEqual(fields);
    }),
  );
});
