import { createHash } from 'node:crypto';
import { z } from 'zod';

export interface OrderItem {
  readonly productId: number;
  readonly quantity: number;
}

/** A requested order: each product once, in ascending order, so that all transactions lock rows in the same order. */
export interface OrderRequest {
  readonly items: readonly OrderItem[];
}

export const MAX_ITEMS = 20;
const MAX_QUANTITY = 100;

const bodySchema = z.object({
  items: z
    .array(z.object({ productId: z.int().min(1).max(4_294_967_295), quantity: z.int().min(1).max(MAX_QUANTITY) }))
    .min(1)
    .max(MAX_ITEMS),
});

/** 1 to 64 visible ASCII characters without quotes and separators. */
const KEY = /^[\w.:~-]{1,64}$/;

export function isIdempotencyKey(text: string): boolean {
  return KEY.test(text);
}

/** Parses the order in a request's body; returns the problem if it is invalid. */
export function readOrderRequest(body: unknown): OrderRequest | { readonly problem: string } {
  const result = bodySchema.safeParse(body);
  if (!result.success) return { problem: z.prettifyError(result.error) };
  const quantities = new Map<number, number>();
  for (const { productId, quantity } of result.data.items) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  }
  const items = [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
  return { items: items.sort((left, right) => left.productId - right.productId) };
}

/** Equal for bodies with the same products and quantities, in any sequence and spelling. */
export function hashOrderRequest(request: OrderRequest): Buffer {
  const canonical = request.items.map(({ productId, quantity }) => `${productId}x${quantity}`).join(',');
  return createHash('sha256').update(canonical).digest();
}
