import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isGtidSet } from './gtid.ts';

const UUID = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

it.each([
  [`${UUID}:23`, true],
  [`${UUID}:1-5:11-18`, true],
  [`${UUID}:app:7`, true],
  [`${UUID}:1,3e11fa47-71ca-11e1-9e33-c80aa9429563:4-9`, true],
  [`${UUID}:1,\n3e11fa47-71ca-11e1-9e33-c80aa9429563:4`, true],
  ['', false],
  [UUID, false],
  [`${UUID}:0`, false],
  [`${UUID}:1-`, false],
  [`${UUID}:1'); DROP TABLE orders; --`, false],
  [`${UUID}:1,`, false],
  [Array.from({ length: 50 }, () => `${UUID}:1`).join(','), false],
])('%j is a GTID set: %s', (text, expected) => {
  expect(isGtidSet(text)).toBe(expected);
});

it('rejects any text with a character that a set cannot contain', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      if (isGtidSet(text)) expect(text).toMatch(/^[\w:,\s-]+$/);
    }),
  );
});
