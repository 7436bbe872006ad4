import { createHash } from 'node:crypto';

/** Amount of sample data. */
export const SAMPLE = { products: 10_000, users: 1_000, orders: 100_000 } as const;
/** Password of every sample user. */
export const SAMPLE_PASSWORD = 'holdfast';

/** Time of the newest sample order; about one order every four minutes before it. */
const NEWEST_ORDER_MS = Date.UTC(2026, 0, 1);
const ORDER_SPACING_MS = 240_000;

/** Stock per product, enough for load tests. */
const STOCK = { least: 100_000, spread: 100_000 } as const;

const CATEGORIES = [
  {
    name: 'Bags',
    code: 'BAG',
    kinds: ['Canvas', 'Leather', 'Waxed Cotton', 'Wool Felt'],
    nouns: ['Tote', 'Backpack', 'Satchel', 'Duffel', 'Messenger Bag'],
    cents: [1_900, 24_900],
  },
  {
    name: 'Books',
    code: 'BOK',
    kinds: ['Cloth-Bound', 'Hardcover', 'Linen', 'Pocket'],
    nouns: ['Notebook', 'Sketchbook', 'Journal', 'Field Guide', 'Logbook'],
    cents: [600, 5_900],
  },
  {
    name: 'Chairs',
    code: 'CHR',
    kinds: ['Ash', 'Beech', 'Oak', 'Walnut'],
    nouns: ['Armchair', 'Stool', 'Rocker', 'Side Chair', 'Deck Chair'],
    cents: [4_900, 69_900],
  },
  {
    name: 'Headphones',
    code: 'HPH',
    kinds: ['Closed-Back', 'Open-Back', 'Wireless', 'Wired'],
    nouns: ['Headphones', 'Studio Headphones', 'Earbuds', 'Headset'],
    cents: [2_900, 49_900],
  },
  {
    name: 'Lamps',
    code: 'LMP',
    kinds: ['Brass', 'Copper', 'Glass', 'Steel'],
    nouns: ['Desk Lamp', 'Floor Lamp', 'Lantern', 'Pendant', 'Reading Lamp'],
    cents: [1_900, 39_900],
  },
  {
    name: 'Mugs',
    code: 'MUG',
    kinds: ['Enamel', 'Glass', 'Porcelain', 'Stoneware'],
    nouns: ['Mug', 'Espresso Cup', 'Travel Mug', 'Tumbler', 'Tea Bowl'],
    cents: [700, 4_900],
  },
  {
    name: 'Plants',
    code: 'PLT',
    kinds: ['Dwarf', 'Evergreen', 'Shade', 'Window'],
    nouns: ['Planter', 'Monstera', 'Fern', 'Bonsai', 'Fig Tree'],
    cents: [900, 18_900],
  },
  {
    name: 'Watches',
    code: 'WCH',
    kinds: ['Automatic', 'Bronze', 'Hand-Wound', 'Steel'],
    nouns: ['Field Watch', 'Diver', 'Chronograph', 'Pocket Watch'],
    cents: [8_900, 129_900],
  },
] as const;
const SERIES = [
  'Alder',
  'Borealis',
  'Cairn',
  'Dune',
  'Ember',
  'Fjord',
  'Grove',
  'Harbor',
  'Inlet',
  'Juniper',
  'Kestrel',
  'Lumen',
  'Mesa',
  'North',
  'Orchard',
  'Pier',
  'Quarry',
  'Ridge',
  'Skerry',
  'Tide',
] as const;
const QUALITIES = [
  'Made to be repaired, not replaced.',
  'Every part can be ordered on its own.',
  'Ages well and shows it.',
  'Tested through three winters.',
  'Finished by hand.',
  'Guaranteed for ten years.',
] as const;
const FIRST_NAMES = [
  'Ada',
  'Alan',
  'Barbara',
  'Donald',
  'Edsger',
  'Frances',
  'Grace',
  'Hedy',
  'Ingrid',
  'Jean',
  'Katherine',
  'Leslie',
  'Margaret',
  'Niklaus',
  'Radia',
  'Tony',
] as const;
const LAST_NAMES = [
  'Allen',
  'Baran',
  'Dahl',
  'Engel',
  'Fischer',
  'Goldberg',
  'Hamilton',
  'Ito',
  'Jensen',
  'Keller',
  'Lamarr',
  'Moreau',
  'Naur',
  'Okafor',
  'Perlman',
  'Quist',
] as const;

export interface SampleProduct {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly priceCents: number;
  readonly quantity: number;
}

/** Random numbers 0 … 1 that depend only on the seed (mulberry32): the same sample data on every machine, in any order of batches. */
function makeRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e37_79b1) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(list: readonly T[], random: () => number): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** Product number `id`, from 1. */
export function sampleProduct(id: number): SampleProduct {
  const random = makeRandom(id);
  const category = pick(CATEGORIES, random);
  const [least, most] = category.cents;
  const noun = pick(category.nouns, random);
  const kind = pick(category.kinds, random);
  const series = pick(SERIES, random);
  // Low prices are more common.
  const cents = Math.round((least + (most - least) * random() ** 2) / 100) * 100 - 5;
  return {
    id,
    sku: `${category.code}-${String(id).padStart(6, '0')}`,
    name: `${series} ${kind} ${noun}`,
    category: category.name,
    description: `${series}: ${kind.toLowerCase()} ${noun.toLowerCase()}. ${pick(QUALITIES, random)}`,
    priceCents: Math.max(195, cents),
    quantity: STOCK.least + Math.floor(random() * STOCK.spread),
  };
}

export interface SampleUser {
  readonly id: number;
  readonly email: string;
  readonly name: string;
}

/** User number `id`, from 1. */
export function sampleUser(id: number): SampleUser {
  const random = makeRandom(1_000_000 + id);
  return { id, email: `user${id}@shop.test`, name: `${pick(FIRST_NAMES, random)} ${pick(LAST_NAMES, random)}` };
}

export interface SampleOrder {
  readonly id: number;
  readonly userId: number;
  readonly idempotencyKey: string;
  readonly bodyHash: Buffer;
  readonly totalCents: number;
  readonly createdAt: Date;
  readonly items: readonly { readonly productId: number; readonly quantity: number; readonly unitPriceCents: number }[];
}

/** Order number `id`, from 1. */
export function sampleOrder(id: number): SampleOrder {
  const random = makeRandom(2_000_000 + id);
  const quantities = new Map<number, number>();
  const count = 1 + Math.floor(random() * 3);
  for (let index = 0; index < count; index += 1) {
    quantities.set(1 + Math.floor(random() ** 2 * SAMPLE.products), 1 + Math.floor(random() ** 3 * 4));
  }
  const items = [...quantities].map(([productId, quantity]) => ({
    productId,
    quantity,
    unitPriceCents: sampleProduct(productId).priceCents,
  }));
  return {
    id,
    userId: 1 + Math.floor(random() * SAMPLE.users),
    idempotencyKey: `sample-${id}`,
    bodyHash: createHash('sha256').update(`sample-${id}`).digest(),
    totalCents: items.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0),
    createdAt: new Date(NEWEST_ORDER_MS - (SAMPLE.orders - id) * ORDER_SPACING_MS),
    items,
  };
}
