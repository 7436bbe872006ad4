import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DbConnection, SqlValue } from '../data/db-connection.ts';
import { makeMigration, MigrationRefused, readMigrations } from './migration-files.ts';
import { MIGRATION_STEPS } from './migration-steps.ts';
import { NORMALISE_EMAILS, planEmails } from './normalise-emails.ts';
import { runMigration } from './prepare-database.ts';

/** A connection that returns these users and records all other statements. */
function makeConnection(emails: readonly string[]) {
  const statements: (readonly [sql: string, values: readonly SqlValue[]])[] = [];
  const query = (sql: string, values: readonly SqlValue[]): Promise<unknown> => {
    if (sql.startsWith('SELECT'))
      return Promise.resolve({ rows: emails.map((email, index) => ({ id: index + 1, email })) });
    statements.push([sql, values]);
    return Promise.resolve({ rows: [] });
  };
  return { statements, connection: { query } as unknown as DbConnection };
}

describe('planEmails', () => {
  it('changes only addresses that are not normalised', () => {
    const users = ['a@shop.test', 'B@shop.test', ' c@shop.test', 'ä@shop.test'].map((email, index) => ({
      id: index,
      email,
    }));
    expect(planEmails(users)).toEqual({
      changes: [
        { id: 1, email: 'b@shop.test' },
        { id: 2, email: 'c@shop.test' },
      ],
      problems: [],
    });
  });

  it('reports users with the same or an invalid address, without the addresses', () => {
    const emails = ['a@shop.test', ' a@shop.test', 'A@shop.test', 'b\u200b@shop.test', 'a\u0308@shop.test'];
    const { problems } = planEmails(emails.map((email, index) => ({ id: 10 + index, email })));
    expect(problems).toEqual([
      'user 13 has an address with invisible or decomposed characters',
      'user 14 has an address with invisible or decomposed characters',
      'users 10, 11, 12 would have the same address',
    ]);
    expect(problems.join()).not.toContain('@');
  });
});

describe('the step of the migration', () => {
  const migration = makeMigration('0005-exact-identity.sql', 'ALTER TABLE users MODIFY email INT;\n', 5);

  it('rejects the migration before any change', async () => {
    const { statements, connection } = makeConnection(['a@shop.test', 'a@shop.test ']);
    const run = runMigration(connection, migration);
    await expect(run).rejects.toBeInstanceOf(MigrationRefused);
    await expect(run).rejects.toThrow(/^0005-exact-identity.sql: nothing was changed. users 1, 2 would have/);
    expect(statements).toEqual([]);
  });

  it('limits the number of reported problems', async () => {
    const { connection } = makeConnection(Array.from({ length: 50 }, (_, index) => `${index}\u200b@shop.test`));
    await expect(runMigration(connection, migration)).rejects.toThrow(/user 20 has [^;]*; and 30 more$/);
  });

  it('runs after the statements of its migration', async () => {
    const { statements, connection } = makeConnection(['B@shop.test']);
    await runMigration(connection, migration);
    expect(statements.map(([sql]) => sql.split(' ')[0])).toEqual(['ALTER', 'START', 'UPDATE', 'COMMIT']);
  });

  it('changes all addresses in one transaction', async () => {
    const { statements, connection } = makeConnection(['a@shop.test', 'B@shop.test', 'C@shop.test']);
    await NORMALISE_EMAILS.apply(connection);
    expect(statements.map(([sql, values]) => [sql.split(' ')[0], ...values])).toEqual([
      ['START'],
      ['UPDATE', 'b@shop.test', 2],
      ['UPDATE', 'c@shop.test', 3],
      ['COMMIT'],
    ]);
  });

  it('writes nothing if all addresses are normalised, for example on a second run', async () => {
    const { statements, connection } = makeConnection(['a@shop.test']);
    await NORMALISE_EMAILS.apply(connection);
    expect(statements).toEqual([]);
  });
});

it('every step belongs to an existing migration', async () => {
  const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
  const names = migrations.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(MIGRATION_STEPS)));
});
