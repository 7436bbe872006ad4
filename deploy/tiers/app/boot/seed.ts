import type { DbConnection, SqlValue } from '../data/db-connection.ts';
import { numberOf, textOf, type Row } from '../data/row.ts';
import { hashPassword } from '../shop/password.ts';
import type { Logger } from '../telemetry/logger.ts';
import { SAMPLE, SAMPLE_PASSWORD, sampleOrder, sampleProduct, sampleUser } from './sample-data.ts';

/** Rows per transaction: large enough for throughput, small enough for quick certification by Group Replication. */
const BATCH = 2_000;
const STATEMENT_MS = 30_000;
/** All sample users share one hash: their password is public, so it needs no salt per user. */
const SAMPLE_SALT = Buffer.from('holdfast-samples');

interface Insert {
  readonly into: string;
  readonly rows: readonly (readonly SqlValue[])[];
}

interface Step {
  readonly name: string;
  readonly count: number;
  readonly insertsOf: (ids: readonly number[], passwordHash: string) => readonly Insert[];
}

const STEPS: readonly Step[] = [
  {
    name: 'products',
    count: SAMPLE.products,
    insertsOf: (ids) => {
      const products = ids.map(sampleProduct);
      return [
        {
          into: 'products (id, sku, name, category, description, price_cents)',
          rows: products.map((p) => [p.id, p.sku, p.name, p.category, p.description, p.priceCents]),
        },
        { into: 'stock (product_id, quantity)', rows: products.map((p) => [p.id, p.quantity]) },
      ];
    },
  },
  {
    name: 'users',
    count: SAMPLE.users,
    insertsOf: (ids, passwordHash) => [
      {
        into: 'users (id, email, name, password_hash)',
        rows: ids.map(sampleUser).map((u) => [u.id, u.email, u.name, passwordHash]),
      },
    ],
  },
  {
    name: 'orders',
    count: SAMPLE.orders,
    insertsOf: (ids) => {
      const orders = ids.map(sampleOrder);
      return [
        {
          into: 'orders (id, user_id, idempotency_key, body_hash, total_cents, created_at)',
          rows: orders.map((o) => [o.id, o.userId, o.idempotencyKey, o.bodyHash, o.totalCents, o.createdAt]),
        },
        {
          into: 'order_items (order_id, product_id, quantity, unit_price_cents)',
          rows: orders.flatMap((o) => o.items.map((i) => [o.id, i.productId, i.quantity, i.unitPriceCents])),
        },
      ];
    },
  },
];

/** Whether all batches are inserted, according to `seed_progress`. */
export function isSeeded(progress: readonly Row[]): boolean {
  const done = new Map(progress.map((row) => [textOf(row, 'step'), numberOf(row, 'batches_done')]));
  return STEPS.every(({ name, count }) => (done.get(name) ?? 0) >= Math.ceil(count / BATCH));
}

/** Inserts missing sample data. Each batch updates the progress in the same transaction, so that an interrupted run can continue. */
export async function seed(connection: DbConnection, log: Logger): Promise<void> {
  const progress = await connection.query('SELECT step, batches_done FROM seed_progress', [], STATEMENT_MS);
  if (isSeeded(progress.rows)) return;
  const startedAt = performance.now();
  const done = new Map(progress.rows.map((row) => [textOf(row, 'step'), numberOf(row, 'batches_done')]));
  const passwordHash = await hashPassword(SAMPLE_PASSWORD, SAMPLE_SALT);
  for (const step of STEPS) {
    for (let batch = done.get(step.name) ?? 0; batch * BATCH < step.count; batch += 1) {
      const first = batch * BATCH + 1;
      const ids = Array.from({ length: Math.min(BATCH, step.count - batch * BATCH) }, (_, index) => first + index);
      await insertBatch(connection, step.insertsOf(ids, passwordHash), { step: step.name, batchesDone: batch + 1 });
    }
  }
  log.info({ seconds: Math.round((performance.now() - startedAt) / 100) / 10 }, 'sample data inserted');
}

async function insertBatch(
  connection: DbConnection,
  inserts: readonly Insert[],
  progress: { readonly step: string; readonly batchesDone: number },
): Promise<void> {
  await connection.query('START TRANSACTION', [], STATEMENT_MS);
  for (const { into, rows } of inserts) await connection.query(`INSERT INTO ${into} VALUES ?`, [rows], STATEMENT_MS);
  await connection.query(
    'INSERT INTO seed_progress (step, batches_done) VALUES (?, ?) ON DUPLICATE KEY UPDATE batches_done = VALUES(batches_done)',
    [progress.step, progress.batchesDone],
    STATEMENT_MS,
  );
  await connection.query('COMMIT', [], STATEMENT_MS);
}
