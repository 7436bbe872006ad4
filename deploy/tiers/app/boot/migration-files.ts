import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One numbered file of `migrations/`. */
export interface Migration {
  readonly version: number;
  /** The file's name. */
  readonly name: string;
  /** SHA-256 of the text. */
  readonly checksum: string;
  /** Each must be idempotent: DDL commits implicitly, and the record that the migration was applied is written afterwards. */
  readonly statements: readonly string[];
}

const FILE = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** Reads the migrations of a directory in the order of their numbers. Throws on other files, gaps and duplicates. */
export async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).toSorted();
  return await Promise.all(
    names.map(async (name, index) => makeMigration(name, await readFile(join(directory, name), 'utf8'), index + 1)),
  );
}

/** Parses a migration file. `expected` is its number. */
export function makeMigration(name: string, text: string, expected: number): Migration {
  const version = Number(FILE.exec(name)?.[1]);
  if (version !== expected) throw new Error(`migrations: ${name} must have the number ${expected}`);
  const statements = text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .split(/;\s*\n/)
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '');
  return { version, name, checksum: createHash('sha256').update(text).digest('hex'), statements };
}

/** A migration as recorded in the database. */
export interface AppliedMigration {
  readonly version: number;
  readonly checksum: string;
}

/**
 * The pending migrations. Throws if the text of an applied one has changed, because the schema then no longer matches the code. Unknown
 * applied migrations belong to a later release; a rollback leaves them in place.
 */
export function decidePending(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const checksums = new Map(applied.map(({ version, checksum }) => [version, checksum]));
  for (const { version, name, checksum } of migrations) {
    const known = checksums.get(version);
    if (known !== undefined && known !== checksum) {
      throw new MigrationRefused(`migration ${name} was changed after it had been applied: write a new one instead`);
    }
  }
  return migrations.filter(({ version }) => !checksums.has(version));
}

/** A retry cannot succeed: a file or rows must be changed first. */
export class MigrationRefused extends Error {}
