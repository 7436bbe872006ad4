import type { Statement } from '../data/database-pool.ts';
import type { SqlResult, SqlText } from '../data/db-connection.ts';
import { hexOf, numberOf, textOf, timeOf, type Row } from '../data/row.ts';
import type { ReadResult, ReadRoute } from '../data/read-route.ts';
import type { Transaction, Transactor } from '../data/write-route.ts';
import { hashOrderRequest, type OrderItem, type OrderRequest } from './order-request.ts';

export interface Order {
  readonly orderId: number;
  readonly idempotencyKey: string;
  readonly totalCents: number;
  readonly createdAt: string;
}

export interface OrderLine extends OrderItem {
  readonly name: string;
  readonly unitPriceCents: number;
}

/** Result of placing an order. */
export type PlacedOrder =
  | { readonly kind: 'created'; readonly order: Order; readonly gtids: string }
  /** An earlier attempt of the same request committed the order; its GTIDs are unknown. */
  | { readonly kind: 'replayed'; readonly order: Order; readonly gtids: '' }
  | { readonly kind: 'key-conflict' }
  | { readonly kind: 'rejected'; readonly status: 409 | 422; readonly problem: string };

export interface OrderCommand {
  readonly userId: number;
  readonly idempotencyKey: string;
  readonly request: OrderRequest;
}

/** Thrown inside the transaction to roll it back: the order is invalid (422), or not possible now (409). */
class OrderRejected extends Error {
  readonly status: 409 | 422;

  constructor(status: 409 | 422, message: string) {
    super(message);
    this.status = status;
  }
}

const DUPLICATE_KEY = 1062;
const ORDER_COLUMNS = 'id, idempotency_key, body_hash, total_cents, created_at';

/**
 * Orders. The idempotency key and the hash of the body are columns of the order itself, and a unique index covers the key. So the order and its
 * key are always committed together. A retry, also after a lost reply to COMMIT, fails on that index and finds the order.
 */
export class Orders {
  readonly #writes: Transactor;
  readonly #reads: ReadRoute;

  constructor(routes: { readonly writes: Transactor; readonly reads: ReadRoute }) {
    this.#writes = routes.writes;
    this.#reads = routes.reads;
  }

  async place(command: OrderCommand): Promise<PlacedOrder> {
    const bodyHash = hashOrderRequest(command.request);
    try {
      const { value, gtids } = await this.#writes.transact('place-order', (transaction) =>
        placeInTransaction(transaction, command, bodyHash),
      );
      return value.kind === 'created' ? { ...value, gtids: gtids.join(',') } : value;
    } catch (error) {
      if (error instanceof OrderRejected) return { kind: 'rejected', status: error.status, problem: error.message };
      throw error;
    }
  }

  /** An order of this user with its lines, read after the transactions in `gtids`. */
  async byId(
    userId: number,
    orderId: number,
    gtids: string | undefined,
  ): Promise<{ readonly order: Order; readonly lines: readonly OrderLine[]; readonly isStale: boolean } | undefined> {
    const statement = selectOrderLines(userId, orderId);
    let { rows, isStale } = await this.#read(statement, gtids);
    // A client without its own-write cookie must not get 404 for its new order.
    if (rows.length === 0 && gtids === undefined) ({ rows, isStale } = await this.#reads.readFromPrimary(statement));
    const [first] = rows;
    return first === undefined ? undefined : { order: toOrder(first), lines: rows.map(toLine), isStale };
  }

  /** Orders of this user with ids above `after`, oldest first. */
  async list(
    range: { readonly userId: number; readonly after: number; readonly limit: number },
    gtids: string | undefined,
  ): Promise<{ readonly orders: readonly Order[]; readonly isStale: boolean }> {
    const { rows, isStale } = await this.#read(
      {
        operation: 'orders-of-user',
        sql: `SELECT ${ORDER_COLUMNS} FROM orders WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?`,
        values: [range.userId, range.after, range.limit],
      },
      gtids,
    );
    return { orders: rows.map(toOrder), isStale };
  }

  /** The newest orders of this user, newest first. */
  async latest(
    userId: number,
    limit: number,
    gtids: string | undefined,
  ): Promise<{ readonly orders: readonly Order[]; readonly isStale: boolean }> {
    const { rows, isStale } = await this.#read(
      {
        operation: 'latest-orders',
        sql: `SELECT ${ORDER_COLUMNS} FROM orders WHERE user_id = ? ORDER BY id DESC LIMIT ?`,
        values: [userId, limit],
      },
      gtids,
    );
    return { orders: rows.map(toOrder), isStale };
  }

  async #read(statement: Statement, gtids: string | undefined): Promise<ReadResult> {
    if (gtids !== undefined) return await this.#reads.readOwnWrite(statement, gtids);
    return { rows: await this.#reads.read(statement), isStale: false };
  }
}

type InTransaction =
  | Exclude<PlacedOrder, { kind: 'created' } | { kind: 'rejected' }>
  | { readonly kind: 'created'; readonly order: Order };

async function placeInTransaction(
  transaction: Transaction,
  command: OrderCommand,
  bodyHash: Buffer,
): Promise<InTransaction> {
  const { items } = command.request;
  const prices = await readPrices(transaction, items);
  const totalCents = items.reduce((sum, item) => sum + item.quantity * (prices.get(item.productId) ?? 0), 0);
  const createdAt = new Date();
  const results = await insertOrder(transaction, { ...command, bodyHash, totalCents, createdAt, prices });
  if (results === undefined) return await replay(transaction, command, bodyHash);
  const [inserted, , ...taken] = results;
  if (inserted === undefined) throw new Error('the server gave no result for an order');
  for (const [index, { productId }] of items.entries()) {
    if (taken[index]?.affectedRows !== 1) throw new OrderRejected(409, `product ${productId} is out of stock`);
  }
  const { idempotencyKey } = command;
  return {
    kind: 'created',
    order: { orderId: inserted.insertId, idempotencyKey, totalCents, createdAt: createdAt.toISOString() },
  };
}

async function readPrices(transaction: Transaction, items: readonly OrderItem[]): Promise<ReadonlyMap<number, number>> {
  const [result] = await transaction.runAll({
    operation: 'prices',
    statements: [
      {
        sql: 'SELECT id, price_cents FROM products WHERE id IN (?)',
        values: [items.map(({ productId }) => productId)],
      },
    ],
  });
  const prices = new Map(result?.rows.map((row) => [numberOf(row, 'id'), numberOf(row, 'price_cents')]));
  const missing = items.filter(({ productId }) => !prices.has(productId)).map(({ productId }) => productId);
  if (missing.length > 0) throw new OrderRejected(422, `there is no product ${missing.join(', ')}`);
  return prices;
}

interface NewOrder extends OrderCommand {
  readonly bodyHash: Buffer;
  readonly totalCents: number;
  readonly createdAt: Date;
  readonly prices: ReadonlyMap<number, number>;
}

/** Results for the order, its lines, and each stock update; `undefined` if the idempotency key exists already. */
async function insertOrder(transaction: Transaction, order: NewOrder): Promise<readonly SqlResult[] | undefined> {
  const { items } = order.request;
  try {
    return await transaction.runAll({
      operation: 'insert-order',
      statements: [
        {
          sql: 'INSERT INTO orders (user_id, idempotency_key, body_hash, total_cents, created_at) VALUES (?, ?, ?, ?, ?)',
          values: [order.userId, order.idempotencyKey, order.bodyHash, order.totalCents, order.createdAt],
        },
        {
          sql: `INSERT INTO order_items (order_id, product_id, quantity, unit_price_cents)
                VALUES ${items.map(() => '(LAST_INSERT_ID(), ?, ?, ?)').join(', ')}`,
          values: items.flatMap(({ productId, quantity }) => [productId, quantity, order.prices.get(productId) ?? 0]),
        },
        // Last, because these rows are contended. They are locked in ascending order, and as briefly as possible.
        ...items.map(takeFromStock),
      ],
    });
  } catch (error) {
    if (error instanceof Error && 'errno' in error && error.errno === DUPLICATE_KEY) return undefined;
    throw error;
  }
}

/** Checks and updates the stock in one atomic statement. */
function takeFromStock({ productId, quantity }: OrderItem): SqlText {
  return {
    sql: 'UPDATE stock SET quantity = quantity - ? WHERE product_id = ? AND quantity >= ?',
    values: [quantity, productId, quantity],
  };
}

async function replay(transaction: Transaction, command: OrderCommand, bodyHash: Buffer): Promise<InTransaction> {
  const [result] = await transaction.runAll({
    operation: 'order-by-key',
    statements: [
      {
        // A locking read sees commits after the start of this transaction, such as the one that inserted the key.
        sql: `SELECT ${ORDER_COLUMNS} FROM orders WHERE user_id = ? AND idempotency_key = ? FOR SHARE`,
        values: [command.userId, command.idempotencyKey],
      },
    ],
  });
  const row = result?.rows[0];
  if (row === undefined) throw new Error('the order with this idempotency key no longer exists');
  if (hexOf(row, 'body_hash') !== bodyHash.toString('hex')) return { kind: 'key-conflict' };
  return { kind: 'replayed', order: toOrder(row), gtids: '' };
}

function selectOrderLines(userId: number, orderId: number): Statement {
  return {
    operation: 'order-by-id',
    sql: `SELECT o.id, o.idempotency_key, o.total_cents, o.created_at, i.product_id, i.quantity, i.unit_price_cents, p.name
          FROM orders o JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id
          WHERE o.id = ? AND o.user_id = ? ORDER BY i.product_id`,
    values: [orderId, userId],
  };
}

function toOrder(row: Row): Order {
  return {
    orderId: numberOf(row, 'id'),
    idempotencyKey: textOf(row, 'idempotency_key'),
    totalCents: numberOf(row, 'total_cents'),
    createdAt: timeOf(row, 'created_at'),
  };
}

function toLine(row: Row): OrderLine {
  return {
    productId: numberOf(row, 'product_id'),
    name: textOf(row, 'name'),
    quantity: numberOf(row, 'quantity'),
    unitPriceCents: numberOf(row, 'unit_price_cents'),
  };
}
