import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { openMysqlConnection, type MysqlConnection } from '../../kit/mysql-connection.ts';
import { PATHS } from '../../kit/paths.ts';
import { routeAddress, type Topology } from '../model/topology.ts';

/** How long the statement may wait for transactions that use the table. While it waits, all later ones wait behind it. */
const LOCK_WAIT_SECONDS = 2;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 10_000;

/**
 * Rate at which servers copy a table, for the cost of a refused change: 247 GiB/h were measured with Spirit on a table of 1.43 TiB
 * (README of block/spirit).
 */
const COPY_MIB_PER_SECOND = 70;

/** Errors of a change that the storage engine cannot make instantly: not supported, with a reason, too many row versions, too wide rows. */
const NOT_INSTANT = [1845, 1846, 4092, 4093];
const LOCK_WAIT_TIMEOUT = 1205;

const SCHEMA = 'shop';

/** `ALTER TABLE name …` of one statement; the name may be quoted. */
const ALTER_TABLE = /^\s*ALTER\s+TABLE\s+`?(\w+)`?\s+(?=\S)[^;]+$/i;
/** Clauses that this module adds itself, and comments, which could hide them. */
const REFUSED = /\b(?:ALGORITHM|LOCK)\s*=|#|--|\/\*/i;

/** The table of a statement. Throws `usage` for anything but one `ALTER TABLE` that leaves the algorithm to holdfast. */
export function parseSchemaChange(statement: string): string {
  const table = ALTER_TABLE.exec(statement.replace(/;\s*$/, ''))?.[1];
  if (table !== undefined && !REFUSED.test(statement)) return table;
  throw new HoldfastError(
    'usage',
    `${JSON.stringify(statement)} is not one ALTER TABLE without ALGORITHM, LOCK and comments.`,
    {
      fix: 'Such as: ./holdfast schema "ALTER TABLE orders ADD COLUMN note VARCHAR(40)"',
    },
  );
}

/**
 * Changes a table of the running shop by metadata alone (`ALGORITHM=INSTANT`), so that no write waits for a copy of the table. Group Replication makes any
 * other change first on the primary and then on every secondary, while writes wait. Throws `refused` for these, with the size of the table and how long that
 * would take, and if a transaction holds the table for longer than {@link LOCK_WAIT_SECONDS}. Nothing has changed then.
 */
export async function changeSchema(topology: Topology, statement: string): Promise<void> {
  const table = parseSchemaChange(statement);
  using connection = await openShop(topology);
  await connection.query(`SET SESSION lock_wait_timeout = ${LOCK_WAIT_SECONDS}`, STATEMENT_MS);
  try {
    await connection.query(`${statement.replace(/;\s*$/, '')}, ALGORITHM=INSTANT`, STATEMENT_MS);
  } catch (error) {
    const number = errorNumber(error);
    if (number === LOCK_WAIT_TIMEOUT) {
      throw new HoldfastError(
        'refused',
        `${table} was not changed: a transaction holds the table for longer than ${LOCK_WAIT_SECONDS} s.`,
        {
          cause: error,
          fix: 'Repeat it when that transaction has ended.',
        },
      );
    }
    if (number === undefined || !NOT_INSTANT.includes(number)) throw error;
    throw new HoldfastError(
      'refused',
      `${table} was not changed: ${messageOf(error)} ${await costOfCopy(connection, table)}`,
      {
        cause: error,
        fix: 'Split it into changes that are instant, such as a new column that the application fills, or make it in a maintenance window.',
      },
    );
  }
}

/** A session of the user that changes the schema, on the primary, by the route of writes. */
export async function openShop(topology: Topology): Promise<MysqlConnection> {
  const { host, port } = routeAddress(topology, 'db-write');
  const [password, authority] = await Promise.all([
    readFile(join(PATHS.secrets, 'db-migrate-password'), 'utf8'),
    readFile(join(PATHS.secrets, 'ca-cert'), 'utf8'),
  ]);
  const login = { user: 'migrate', password: password.trim(), authority };
  const connection = await openMysqlConnection({ address: host, port }, login, CONNECT_MS);
  await connection.query(`USE ${SCHEMA}`, STATEMENT_MS);
  return connection;
}

function errorNumber(error: unknown): number | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined;
}

const sizeSchema = z.array(z.object({ row_count: z.coerce.number(), bytes: z.coerce.number() }));

async function costOfCopy(connection: MysqlConnection, table: string): Promise<string> {
  const rows = await connection.query(
    `SELECT TABLE_ROWS AS row_count, DATA_LENGTH + INDEX_LENGTH AS bytes
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${SCHEMA}' AND TABLE_NAME = '${table}'`,
    STATEMENT_MS,
  );
  const [size] = sizeSchema.parse(rows);
  if (size === undefined) return '';
  return renderCost(size.row_count, size.bytes);
}

/** What a change by copying would cost. The copy happens twice, on the primary and then on the secondaries. */
export function renderCost(rows: number, bytes: number): string {
  const mib = bytes / 2 ** 20;
  const seconds = Math.max(1, Math.ceil((2 * mib) / COPY_MIB_PER_SECOND));
  return `It would copy about ${rows.toLocaleString('en-US')} rows (${mib.toFixed(1)} MiB), first on the primary and then on the secondaries, and writes would wait for about ${seconds} s.`;
}
