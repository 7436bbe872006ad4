import { z } from 'zod';
import type { CacheCommands } from '../data/cache.ts';
import type { Statement } from '../data/database-pool.ts';
import type { ReadRoute } from '../data/read-route.ts';
import { numberOf, textOf, type Row } from '../data/row.ts';
import { SingleFlight } from '../data/single-flight.ts';
import { parseCached } from './parse-cached.ts';

const productSchema = z.object({
  id: z.int(),
  sku: z.string(),
  name: z.string(),
  category: z.string(),
  description: z.string(),
  priceCents: z.int(),
  stock: z.int(),
});
const listSchema = z.object({ products: z.array(productSchema), hasNext: z.boolean() });

export type Product = Readonly<z.infer<typeof productSchema>>;
export type ProductList = Readonly<z.infer<typeof listSchema>>;

export const PAGE_SIZE = 24;
/** Higher pages are empty. Bounds the number of cache keys and the work of one query. */
export const MAX_PAGE = 10_000;

/** TTL of cached values, in seconds. */
const TTL = { product: 30, missing: 5, list: 10 } as const;
export const MAX_TTL_SECONDS = Math.max(...Object.values(TTL));

const COLUMNS = 'p.id, p.sku, p.name, p.category, p.description, p.price_cents, s.quantity';

/** The catalogue: cache-aside over the read route. */
export class Products {
  readonly #reads: Pick<ReadRoute, 'read' | 'readOwnWrite'>;
  readonly #cache: CacheCommands;
  readonly #productFlights = new SingleFlight<Product | undefined>();
  readonly #listFlights = new SingleFlight<ProductList>();

  constructor(reads: Pick<ReadRoute, 'read' | 'readOwnWrite'>, cache: CacheCommands) {
    this.#reads = reads;
    this.#cache = cache;
  }

  async byId(id: number): Promise<Product | undefined> {
    const key = productKey(id);
    return await this.#productFlights.do(key, async () => {
      const cached = parseCached(productSchema.nullable(), await this.#cache.get(key));
      if (cached !== undefined) return cached ?? undefined;
      const [row] = await this.#reads.read(selectProduct(id));
      return this.#store(id, row);
    });
  }

  /** The same for a session that must see its own writes. Bypasses the cache, because another request may have cached an older value. */
  async byIdAfter(
    id: number,
    gtids: string,
  ): Promise<{ readonly product: Product | undefined; readonly isStale: boolean }> {
    const { rows, isStale } = await this.#reads.readOwnWrite(selectProduct(id), gtids);
    const [row] = rows;
    if (isStale) return { product: row === undefined ? undefined : toProduct(row), isStale };
    return { product: this.#store(id, row), isStale };
  }

  /** One page of the catalogue, counted from 1. */
  async page(number: number): Promise<ProductList> {
    return await this.#list(`products:page:${number}`, {
      operation: 'products-page',
      sql: `SELECT ${COLUMNS} FROM (SELECT id FROM products ORDER BY id LIMIT ? OFFSET ?) AS page
            JOIN products p USING (id) JOIN stock s ON s.product_id = p.id ORDER BY p.id`,
      values: [PAGE_SIZE + 1, (number - 1) * PAGE_SIZE],
    });
  }

  /** The products of the home page. */
  async newest(): Promise<ProductList> {
    return await this.#list('products:newest', {
      operation: 'products-newest',
      sql: `SELECT ${COLUMNS} FROM products p JOIN stock s ON s.product_id = p.id ORDER BY p.id DESC LIMIT 8`,
      values: [],
    });
  }

  async #list(key: string, statement: Statement): Promise<ProductList> {
    return await this.#listFlights.do(key, async () => {
      const cached = parseCached(listSchema, await this.#cache.get(key));
      if (cached !== undefined) return cached;
      const rows = await this.#reads.read(statement);
      const list = { products: rows.slice(0, PAGE_SIZE).map(toProduct), hasNext: rows.length > PAGE_SIZE };
      void this.#cache.set(key, JSON.stringify(list), TTL.list);
      return list;
    });
  }

  /** Invalidates cached products whose stock has changed. */
  async forget(ids: readonly number[]): Promise<void> {
    await this.#cache.delete(ids.map(productKey));
  }

  #store(id: number, row: Row | undefined): Product | undefined {
    const product = row === undefined ? undefined : toProduct(row);
    // Not awaited: the cache must not delay the response.
    void this.#cache.set(
      productKey(id),
      JSON.stringify(product ?? null),
      product === undefined ? TTL.missing : TTL.product,
    );
    return product;
  }
}

function productKey(id: number): string {
  return `product:${id}`;
}

function selectProduct(id: number): Statement {
  return {
    operation: 'product-by-id',
    sql: `SELECT ${COLUMNS} FROM products p JOIN stock s ON s.product_id = p.id WHERE p.id = ?`,
    values: [id],
  };
}

function toProduct(row: Row): Product {
  return {
    id: numberOf(row, 'id'),
    sku: textOf(row, 'sku'),
    name: textOf(row, 'name'),
    category: textOf(row, 'category'),
    description: textOf(row, 'description'),
    priceCents: numberOf(row, 'price_cents'),
    stock: numberOf(row, 'quantity'),
  };
}
