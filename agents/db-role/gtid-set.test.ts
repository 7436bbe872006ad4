import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containsGtidSet, EMPTY_GTID_SET, parseGtidSet, renderGtidSet, uniteGtidSets } from './gtid-set.ts';

const A = 'b40d7ad3-5b1c-4f2e-9c55-6c1f0a7e9d01';
const B = '11111111-2222-3333-4444-555555555555';

describe('a GTID set', () => {
  it.each([
    ['', ''],
    [`${A}:1`, `${A}:1`],
    [`${A}:1-3:4-5`, `${A}:1-5`],
    [`${A}:7:1-3`, `${A}:1-3:7`],
    [`${A.toUpperCase()}:1-3,\n${B}:9`, `${B}:9,${A}:1-3`],
    [`${A}:1-3:nightly:1-2`, `${A}:1-3,${A}:nightly:1-2`],
  ])('%j is parsed as %j', (text, expected) => {
    expect(renderGtidSet(parseGtidSet(text))).toBe(expected);
  });

  it.each(['x', A, `${A}:`, `${A}:0`, `${A}:3-1`, `${A}:1-`, `${A}:1-2-3`, `${A}:99999999999999999999`])(
    '%j is rejected',
    (text) => {
      expect(() => parseGtidSet(text)).toThrow(SyntaxError);
    },
  );

  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 });
  const setOf = (values: readonly number[]) =>
    values.length === 0 ? EMPTY_GTID_SET : parseGtidSet(`${A}:${values.join(':')}`);

  it('contains exactly what a set of numbers would contain', () => {
    fc.assert(
      fc.property(numbers, numbers, (large, small) => {
        expect(containsGtidSet(setOf(large), setOf(small))).toBe(new Set(small).isSubsetOf(new Set(large)));
      }),
    );
  });

  it('united with another contains exactly both, and is the same after rendering and parsing', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const both = uniteGtidSets([setOf(one), setOf(other)]);
        expect(both).toEqual(setOf([...new Set([...one, ...other])]));
        expect(parseGtidSet(renderGtidSet(both))).toEqual(both);
      }),
    );
  });
});
