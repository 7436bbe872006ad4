import { isIdempotencyKey, readOrderRequest } from '../shop/order-request.ts';
import type { PlacedOrder } from '../shop/orders.ts';
import type { ShopServices } from './shop-services.ts';

/** An unchecked order from a client. */
export interface OrderAttempt {
  readonly userId: number;
  readonly idempotencyKey: unknown;
  readonly body: unknown;
}

/** Outcome of an attempt; `invalid` never reached the database. */
export type OrderOutcome = PlacedOrder | { readonly kind: 'invalid'; readonly problem: string };

/** Validates and places an order, counts its outcome, and invalidates cached products whose stock it changed. */
export async function placeOrder(
  { products, orders, metrics }: ShopServices,
  attempt: OrderAttempt,
): Promise<OrderOutcome> {
  const { userId, idempotencyKey, body } = attempt;
  if (typeof idempotencyKey !== 'string' || !isIdempotencyKey(idempotencyKey)) {
    metrics.orders.inc({ result: 'rejected' });
    return {
      kind: 'invalid',
      problem: 'the header Idempotency-Key is missing or not 1 to 64 of A-Z a-z 0-9 _ . : ~ -',
    };
  }
  const request = readOrderRequest(body);
  if ('problem' in request) {
    metrics.orders.inc({ result: 'rejected' });
    return { kind: 'invalid', problem: request.problem };
  }
  try {
    const placed = await orders.place({ userId, idempotencyKey, request });
    metrics.orders.inc({ result: placed.kind });
    if (placed.kind === 'created') void products.forget(request.items.map(({ productId }) => productId));
    return placed;
  } catch (error) {
    metrics.orders.inc({ result: error instanceof Error && error.name === 'Unavailable' ? 'unavailable' : 'failed' });
    throw error;
  }
}
