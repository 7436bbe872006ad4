import type { Shop } from '../make-shop.ts';

const ROUNDS = 10;
const AT_ONCE = 4;

/**
 * Asks for what visitors will ask for, before the first of them comes: opens connections and lets the compiler see the hot paths, so that a
 * host that has just joined the pool is not its slowest. What fails here is no reason to stay away: readers know how to cope.
 */
export async function warmUp({ services }: Shop): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = round * AT_ONCE + 1;
    const products = Array.from({ length: AT_ONCE }, (_, index) => services.products.byId(first + index));
    await Promise.allSettled([services.products.newest(), services.products.page(round + 1), ...products]);
  }
}
