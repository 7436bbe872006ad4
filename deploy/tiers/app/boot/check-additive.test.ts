import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkAdditive } from './check-additive.ts';
import { makeMigration, readMigrations } from './migration-files.ts';

const check = (sql: string): readonly string[] => checkAdditive(makeMigration('0001-a.sql', sql, 1), false);

describe('a migration is additive', () => {
  it.each([
    'CREATE TABLE IF NOT EXISTS reviews (id INT NOT NULL, PRIMARY KEY (id))',
    'CREATE INDEX by_name ON products (name)',
    'ALTER TABLE products ADD COLUMN weight INT',
    'ALTER TABLE shop.products ADD weight INT NULL, ADD INDEX by_weight (weight, name), ALGORITHM=INSTANT',
    "ALTER TABLE products ADD COLUMN state VARCHAR(8) NOT NULL DEFAULT 'drop, rename'",
    'ALTER TABLE products ADD COLUMN gross INT GENERATED ALWAYS AS (price_cents * 2) STORED NOT NULL',
  ])('%s', (sql) => {
    expect(check(sql)).toEqual([]);
  });
});

describe('a migration is not additive', () => {
  it.each([
    ['ALTER TABLE products DROP COLUMN description', 'removes'],
    ['ALTER TABLE products RENAME COLUMN name TO title', 'removes'],
    ['ALTER TABLE products MODIFY sku VARCHAR(8) NOT NULL', 'changes'],
    ['ALTER TABLE products ADD COLUMN a INT, DROP COLUMN name', 'removes'],
    ['ALTER TABLE products ADD COLUMN weight INT NOT NULL', 'needs a value'],
    ['ALTER TABLE products ADD UNIQUE KEY one_name (name)', 'limits'],
    ['ALTER TABLE products ADD COLUMN code INT UNIQUE', 'limits'],
    ['ALTER TABLE products ADD CONSTRAINT positive CHECK (price_cents > 0)', 'limits'],
    ['DROP TABLE seed_progress', 'not known'],
    ['RENAME TABLE users TO customers', 'not known'],
    ["UPDATE users SET email = ''", 'not known'],
    ['CREATE UNIQUE INDEX one_name ON products (name)', 'not known'],
  ])('%s', (sql, reason) => {
    expect(check(sql)).toEqual([expect.stringContaining(reason)]);
  });

  it('if it runs code', () => {
    const migration = makeMigration('0001-a.sql', 'CREATE TABLE a (id INT)', 1);
    expect(checkAdditive(migration, true)).toEqual(['0001-a.sql: changes rows with code of its own']);
  });
});

it('of the own migrations, only the one that changes collations is not additive', async () => {
  const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
  const others = migrations.filter((migration) => checkAdditive(migration, false).length > 0);
  expect(others.map(({ name }) => name)).toEqual(['0005-exact-identity.sql']);
});
