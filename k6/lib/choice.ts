/** Pseudo-random choices that are the same in every run: derived from the number of the iteration. */

/** The products of the seed data are numbered 1 … 10,000, its users 1 … 1,000. */
export const PRODUCT_COUNT = 10_000;
export const USER_COUNT = 1_000;
const PAGE_COUNT = 50;
/** Four of five visits go to few products, as in shops. */
const POPULAR_COUNT = 500;

/** Mixes a number and a purpose into 32 pseudo-random bits (the finalizer of MurmurHash3). */
export function mix(iteration: number, salt: number): number {
  let value = (iteration + Math.imul(salt, 0x9e3779b9)) | 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

export type BrowseStep =
  | { readonly what: 'home' }
  | { readonly what: 'list'; readonly page: number }
  | { readonly what: 'product'; readonly id: number; readonly as: 'html' | 'json' }
  | { readonly what: 'static'; readonly index: number };

/** Chooses a visitor's request: 10 % home, 20 % lists, 30 % product pages, 25 % product data, 15 % static files. */
export function chooseStep(iteration: number): BrowseStep {
  const percent = mix(iteration, 1) % 100;
  if (percent < 10) return { what: 'home' };
  if (percent < 30) return { what: 'list', page: 1 + (mix(iteration, 2) % PAGE_COUNT) };
  if (percent < 60) return { what: 'product', id: chooseProduct(iteration), as: 'html' };
  if (percent < 85) return { what: 'product', id: chooseProduct(iteration), as: 'json' };
  return { what: 'static', index: mix(iteration, 3) };
}

export function chooseProduct(iteration: number): number {
  const popular = mix(iteration, 4) % 5 !== 0;
  return 1 + (mix(iteration, 5) % (popular ? POPULAR_COUNT : PRODUCT_COUNT));
}

export function chooseUser(iteration: number): number {
  return 1 + (mix(iteration, 6) % USER_COUNT);
}

/** An element of a list that is not empty. */
export function choose<T>(list: readonly T[], by: number): T {
  const element = list[by % list.length];
  if (element === undefined) throw new Error('there is nothing to choose from');
  return element;
}
