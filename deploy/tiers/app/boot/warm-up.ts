import type { Shop } from '../make-shop.ts';

const ROUNDS = 10;
const CONCURRENCY = 4;

/**
 * Runs typical queries before the host joins the pool. This opens connections and compiles the hot paths, so that a new host is not the slowest
 * one. Failures are ignored, because requests handle them themselves.
 */
export async function warmUp({ services }: Shop): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = round * CONCURRENCY + 1;
    const products = Array.from({ length: CONCURRENCY }, (_, index) => services.products.byId(first + index));
    await Promise.allSettled([services.products.newest(), services.products.page(round + 1), ...products]);
  }
}
