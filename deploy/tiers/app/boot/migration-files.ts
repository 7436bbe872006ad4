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
  /** Each can be run twice without harm, because DDL commits by itself and the note that it was applied comes after it. */
  readonly statements: readonly string[];
}

const FILE = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** Reads the migrations of a directory in the order of their numbers. Throws on foreign files, gaps and doubles. */
export async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).toSorted();
  return await Promise.all(
    names.map(async (name, index) => makeMigration(name, await readFile(join(directory, name), 'utf8'), index + 1)),
  );
}

/** A migration from its file. `expected` is the number that comes next. */
export function makeMigration(name: string, text: string, expected: number): Migration {
  const version = Number(FILE.exec(name)?.[1]);
  if (version !== expected) throw new Error(`migrations: ${name} stands where number ${expected} has to be`);
  const statements = text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .split(/;\s*\n/)
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '');
  return { version, name, checksum: createHash('sha256').update(text).digest('hex'), statements };
}

/** A migration as the database remembers it. */
export interface AppliedMigration {
  readonly version: number;
  readonly checksum: string;
}

/**
 * Which migrations are still to be applied. Throws when an applied one has another text now: the database and the code then tell
 * different stories. Applied ones that this release does not know are of a later release, which a rollback leaves in place.
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

/** Trying again does not help: somebody has to change a file or rows first. */
export class MigrationRefused extends Error {}
