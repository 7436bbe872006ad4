import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOrderRequest, isIdempotencyKey, MAX_ITEMS, readOrderRequest } from './order-request.ts';

const read = (items: unknown): ReturnType<typeof readOrderRequest> => readOrderRequest({ items });

describe('readOrderRequest', () => {
  it('merges equal products and orders them by id', () => {
    expect(
      read([
        { productId: 9, quantity: 1 },
        { productId: 2, quantity: 3 },
        { productId: 9, quantity: 2 },
      ]),
    ).toEqual({
      items: [
        { productId: 2, quantity: 3 },
        { productId: 9, quantity: 3 },
      ],
    });
  });

  it.each([
    [undefined],
    [[]],
    ['x'],
    [[{ productId: 1 }]],
    [[{ productId: 1, quantity: 0 }]],
    [[{ productId: 1, quantity: 1.5 }]],
    [[{ productId: -1, quantity: 1 }]],
    [[{ productId: '1', quantity: 1 }]],
    [[{ productId: 1, quantity: 101 }]],
    [Array.from({ length: MAX_ITEMS + 1 }, (_, index) => ({ productId: index + 1, quantity: 1 }))],
  ])('reports the problem of %j', (items) => {
    expect(read(items)).toHaveProperty('problem');
  });
});

describe('hashOrderRequest', () => {
  const item = fc.record({ productId: fc.integer({ min: 1, max: 50 }), quantity: fc.integer({ min: 1, max: 5 }) });

  it('depends on the products and quantities, but not on their sequence', () => {
    const hashOf = (items: unknown): string => {
      const request = read(items);
      return 'problem' in request ? 'none' : hashOrderRequest(request).toString('hex');
    };
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 10 }), (items) => {
        expect(hashOf(items.toReversed())).toBe(hashOf(items));
        expect(hashOf([...items, { productId: 51, quantity: 1 }])).not.toBe(hashOf(items));
      }),
    );
  });
});

describe('isIdempotencyKey', () => {
  it.each([
    ['k1', true],
    ['3f6c-UUID.like:key~1_', true],
    ['x'.repeat(64), true],
    ['', false],
    ['x'.repeat(65), false],
    ['with space', false],
    ["'", false],
    ['ключ', false],
  ])('%j is valid: %s', (key, expected) => {
    expect(isIdempotencyKey(key)).toBe(expected);
  });
});
