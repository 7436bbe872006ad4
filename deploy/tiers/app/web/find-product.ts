import type { Product, Products } from '../shop/products.ts';
import type { Visitor } from './visitor.ts';

/** A product for this visitor: from the cache, unless the visitor must see an own write. */
export async function findProduct(
  products: Products,
  id: number,
  visitor: Visitor,
): Promise<{ readonly product: Product | undefined; readonly isStale: boolean }> {
  if (visitor.ownWrite !== undefined) return await products.byIdAfter(id, visitor.ownWrite);
  return { product: await products.byId(id), isStale: false };
}
