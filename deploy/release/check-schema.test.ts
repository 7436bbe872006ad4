import { expect, it } from 'vitest';
import { makeMigration } from '../tiers/app/boot/migration-files.ts';
import { checkSchema, type ReleasedMigration } from './check-schema.ts';

const migration = (name: string, text: string): ReleasedMigration => ({ name, text, hasStep: false });
const BASE = migration('0001-base.sql', 'CREATE TABLE a (id INT)');
const ADDS = migration('0002-adds.sql', 'CREATE TABLE b (id INT)');
const DROPS = migration('0002-drops.sql', 'ALTER TABLE a DROP COLUMN id');
/** The rows of the database after these migrations. */
const appliedOf = (...migrations: readonly ReleasedMigration[]) =>
  migrations.map(({ name, text }, index) => {
    const { version, checksum } = makeMigration(name, text, index + 1);
    return { version, name, checksum };
  });
const checksumOf = (one: ReleasedMigration, version: number): string =>
  makeMigration(one.name, one.text, version).checksum;

it('a release with a migration that adds may be rolled out, and rolled back', () => {
  const forward = checkSchema({ applied: appliedOf(BASE), to: [BASE, ADDS], from: [BASE], additive: [] });
  expect(forward).toEqual({ problems: [], pending: [checksumOf(ADDS, 2)] });
  const back = checkSchema({ applied: appliedOf(BASE, ADDS), to: [BASE], from: [BASE, ADDS], additive: [] });
  expect(back).toEqual({ problems: [], pending: [] });
});

it('a release with a migration that removes is refused, also by a rollback across it', () => {
  const problem = '0002-drops.sql: ALTER TABLE a DROP COLUMN id changes or removes what older releases use';
  const forward = checkSchema({ applied: appliedOf(BASE), to: [BASE, DROPS], from: [BASE], additive: [] });
  expect(forward.problems).toEqual([problem]);
  const back = checkSchema({ applied: appliedOf(BASE, DROPS), to: [BASE], from: [BASE, DROPS], additive: [] });
  expect(back.problems).toEqual([problem]);
});

it('a migration that both releases know is not checked again', () => {
  const both = [BASE, DROPS];
  expect(checkSchema({ applied: appliedOf(...both), to: both, from: both, additive: [] }).problems).toEqual([]);
});

it('a migration that neither release knows is refused, unless an earlier rollout found that it only adds', () => {
  const input = { applied: appliedOf(BASE, ADDS), to: [BASE], from: [BASE] };
  expect(checkSchema({ ...input, additive: [] }).problems).toEqual([
    '0002-adds.sql: the database has this migration, and neither release knows it',
  ]);
  expect(checkSchema({ ...input, additive: [checksumOf(ADDS, 2)] }).problems).toEqual([]);
});

it('a migration with another text than in the database is refused', () => {
  const other = migration('0002-other.sql', 'CREATE TABLE c (id INT)');
  const { problems } = checkSchema({
    applied: appliedOf(BASE, ADDS),
    to: [BASE, other],
    from: [BASE, ADDS],
    additive: [],
  });
  expect(problems).toEqual(['0002-other.sql: the database has this migration with another text']);
});
