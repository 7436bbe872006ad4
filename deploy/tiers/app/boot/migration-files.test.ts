import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decidePending, makeMigration, readMigrations } from './migration-files.ts';

describe('makeMigration', () => {
  it('splits statements and removes comments', () => {
    const { statements } = makeMigration(
      '0001-a.sql',
      '-- why\nCREATE TABLE a (id INT);\n\nCREATE TABLE b (id INT);\n',
      1,
    );
    expect(statements).toEqual(['CREATE TABLE a (id INT)', 'CREATE TABLE b (id INT)']);
  });

  it.each([
    ['0002-a.sql', 1],
    ['0001-a.sql', 2],
    ['a.sql', 1],
    ['0001-a.txt', 1],
  ])('rejects %s as number %d', (name, expected) => {
    expect(() => makeMigration(name, '', expected)).toThrow(/must have the number/);
  });
});

describe('decidePending', () => {
  const migrations = ['0001-a.sql', '0002-b.sql'].map((name, index) => makeMigration(name, name, index + 1));
  const applied = migrations.map(({ version, checksum }) => ({ version, checksum }));

  it('skips applied migrations', () => {
    expect(decidePending(migrations, []).map(({ version }) => version)).toEqual([1, 2]);
    expect(decidePending(migrations, applied.slice(0, 1)).map(({ version }) => version)).toEqual([2]);
    expect(decidePending(migrations, [...applied, { version: 3, checksum: 'of a later release' }])).toEqual([]);
  });

  it('rejects a migration that was changed after it was applied', () => {
    expect(() => decidePending(migrations, [{ version: 1, checksum: 'another' }])).toThrow(/0001-a.sql was changed/);
  });
});

it("reads the application's own migrations, which are all idempotent", async () => {
  const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
  expect(migrations.length).toBeGreaterThan(0);
  for (const statement of migrations.flatMap(({ statements }) => statements)) {
    expect(statement).toMatch(/^(CREATE TABLE IF NOT EXISTS|ALTER TABLE \w+ MODIFY) /);
  }
});
