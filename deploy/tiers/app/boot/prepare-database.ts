import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadRoute } from '../data/read-route.ts';
import { openDbConnection, type DbConnection, type DbTarget } from '../data/db-connection.ts';
import { numberOf, textOf, type Row } from '../data/row.ts';
import type { Logger } from '../telemetry/logger.ts';
import { checkMigrations } from './check-migrations.ts';
import { decidePending, MigrationRefused, type Migration } from './migration-files.ts';
import { MIGRATION_STEPS } from './migration-steps.ts';
import { isSeeded, seed } from './seed.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS applied_migrations (
  version INT UNSIGNED NOT NULL,
  name VARCHAR(120) NOT NULL,
  checksum CHAR(64) CHARACTER SET ascii NOT NULL,
  applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (version)
) ENGINE = InnoDB`;
const SELECT_APPLIED = 'SELECT version, checksum FROM applied_migrations';
const SELECT_PROGRESS = 'SELECT step, batches_done FROM seed_progress';

/** One lock for migrations and sample data: many hosts start at once, one prepares the database, and the others find it prepared. */
const LOCK = 'holdfast.prepare-database';
const LOCK_WAIT_SECONDS = 5;
/** DDL and batches of sample data take longer than other statements. */
const STATEMENT_MS = 30_000;
const RETRY_MS = 500;

export interface PrepareOptions {
  /** The write route as the user `migrate`. */
  readonly target: DbTarget;
  /** The schema; created if it does not exist. */
  readonly database: string;
  readonly migrations: readonly Migration[];
  readonly withSeed: boolean;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Whether every migration was applied and the sample data is complete. */
export async function isPrepared(reads: ReadRoute, migrations: readonly Migration[]): Promise<boolean> {
  try {
    const rows = await reads.read({ operation: 'applied-migrations', sql: SELECT_APPLIED, values: [] });
    if (decidePending(migrations, rows.map(toApplied)).length > 0) return false;
    return isSeeded(await reads.read({ operation: 'seed-progress', sql: SELECT_PROGRESS, values: [] }));
  } catch (error) {
    if (error instanceof MigrationRefused) throw error;
    return false;
  }
}

/** Applies pending migrations. It retries until a database is writable, instead of ending the process. */
export async function prepareDatabase(options: PrepareOptions): Promise<void> {
  const { log, migrations, signal } = options;
  rejectInvalid(migrations);
  let lastMessage = '';
  for (;;) {
    try {
      await prepareOnce(options);
      return;
    } catch (error) {
      if (error instanceof MigrationRefused) throw error;
      const message = error instanceof Error ? error.message : String(error);
      // Logged once per reason, not at every retry.
      if (message !== lastMessage) log.warn({ err: error }, 'database not prepared yet, trying again');
      lastMessage = message;
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

/** Server error numbers: unknown schema, unknown table. */
const UNKNOWN_OBJECT_ERRORS: readonly unknown[] = [1049, 1146];

/** Checks with reads only, because even a CREATE ... IF NOT EXISTS without effect is a transaction of the whole group. */
async function isDone(connection: DbConnection, { database, migrations, withSeed }: PrepareOptions): Promise<boolean> {
  const queryRows = async (sql: string): Promise<readonly Row[]> =>
    (await connection.query(sql, [], STATEMENT_MS)).rows;
  try {
    await queryRows(`USE ${database}`);
    if (decidePending(migrations, (await queryRows(SELECT_APPLIED)).map(toApplied)).length > 0) return false;
    return !withSeed || isSeeded(await queryRows(SELECT_PROGRESS));
  } catch (error) {
    if (error instanceof Error && 'errno' in error && UNKNOWN_OBJECT_ERRORS.includes(error.errno)) return false;
    throw error;
  }
}

function rejectInvalid(migrations: readonly Migration[]): void {
  const problems = checkMigrations(migrations).map(({ file, table, summary }) => `${file}: table ${table} ${summary}`);
  if (problems.length > 0) throw new MigrationRefused(`nothing was migrated. ${problems.join('. ')}`);
}

async function prepareOnce(options: PrepareOptions): Promise<void> {
  const { target, database, migrations, withSeed, log } = options;
  const connection = await openDbConnection(target);
  try {
    if (await isDone(connection, options)) return;
    await takeLock(connection);
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4`, [], STATEMENT_MS);
    await connection.query(`USE ${database}`, [], STATEMENT_MS);
    await connection.query(TABLE, [], STATEMENT_MS);
    const applied = await connection.query(SELECT_APPLIED, [], STATEMENT_MS);
    for (const migration of decidePending(migrations, applied.rows.map(toApplied))) {
      await runMigration(connection, migration);
      const { version, name, checksum } = migration;
      const insert = 'INSERT INTO applied_migrations (version, name, checksum) VALUES (?, ?, ?)';
      await connection.query(insert, [version, name, checksum], STATEMENT_MS);
      log.info({ migration: name }, 'migration applied');
    }
    if (withSeed) await seed(connection, log);
  } finally {
    // Closing the session releases the lock, also when this process is killed.
    connection.destroy();
  }
}

/** Maximum number of problems in one message. */
const MAX_NAMED = 20;

/** Runs a migration with its step, if any. Rows may change after the check; the statements or the step then fail. */
export async function runMigration(connection: DbConnection, migration: Migration): Promise<void> {
  const step = MIGRATION_STEPS[migration.name];
  const problems = (await step?.check(connection)) ?? [];
  if (problems.length > 0) {
    const more = problems.length > MAX_NAMED ? `; and ${problems.length - MAX_NAMED} more` : '';
    const named = problems.slice(0, MAX_NAMED).join('; ');
    throw new MigrationRefused(`${migration.name}: nothing was changed. ${named}${more}`);
  }
  for (const statement of migration.statements) await runStatement(connection, migration, statement);
  await step?.apply(connection);
}

/** Server error numbers that a retry cannot fix: syntax, duplicate rows, missing primary key, engine, table that cannot be replicated. */
const PERMANENT_ERRORS: readonly unknown[] = [1064, 1062, 3750, 3161, 3098];

async function runStatement(connection: DbConnection, { name }: Migration, statement: string): Promise<void> {
  try {
    await connection.query(statement, [], STATEMENT_MS);
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error && PERMANENT_ERRORS.includes(error.errno))) throw error;
    throw new MigrationRefused(`${name}: the server refuses ${statement.slice(0, 80)}: ${error.message}`, {
      cause: error,
    });
  }
}

/** Takes a lock on the primary. It is not replicated, which is enough, because all migrations run on the primary. */
async function takeLock(connection: DbConnection): Promise<void> {
  const sql = 'SELECT GET_LOCK(?, ?) AS taken';
  const { rows } = await connection.query(sql, [LOCK, LOCK_WAIT_SECONDS], STATEMENT_MS);
  if (rows[0]?.['taken'] !== 1) throw new Error('another host is preparing the database');
}

function toApplied(row: Row): { readonly version: number; readonly checksum: string } {
  return { version: numberOf(row, 'version'), checksum: textOf(row, 'checksum') };
}
