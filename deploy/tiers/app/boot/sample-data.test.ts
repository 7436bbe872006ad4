import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { SAMPLE, sampleOrder, sampleProduct, sampleUser } from './sample-data.ts';

const ids = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

it('is the same on every machine', () => {
  const digest = createHash('sha256');
  for (const id of ids(100)) digest.update(JSON.stringify([sampleProduct(id), sampleUser(id), sampleOrder(id)]));
  expect(digest.digest('hex').slice(0, 16)).toMatchInlineSnapshot(`"37186e9968e0169e"`);
});

it('makes products with unique numbers and plausible prices and stock', () => {
  const products = ids(SAMPLE.products).map(sampleProduct);
  expect(new Set(products.map(({ sku }) => sku)).size).toBe(SAMPLE.products);
  expect(products.every(({ priceCents, quantity }) => priceCents >= 195 && quantity >= 100_000)).toBe(true);
  expect(new Set(products.map(({ category }) => category)).size).toBe(8);
});

it('orders existing products for existing users, at their prices', () => {
  for (const order of ids(500).map(sampleOrder)) {
    expect(order.userId).toBeGreaterThanOrEqual(1);
    expect(order.userId).toBeLessThanOrEqual(SAMPLE.users);
    expect(order.items.length).toBeGreaterThanOrEqual(1);
    for (const { productId, unitPriceCents } of order.items) {
      expect(productId).toBeLessThanOrEqual(SAMPLE.products);
      expect(unitPriceCents).toBe(sampleProduct(productId).priceCents);
    }
  }
});
