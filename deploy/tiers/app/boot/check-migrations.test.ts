import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkMigrations } from './check-migrations.ts';
import { makeMigration, readMigrations } from './migration-files.ts';

const problemsOf = (sql: string): readonly string[] =>
  checkMigrations([makeMigration('0001-trial.sql', `${sql};\n`, 1)]).map(({ table, summary }) => `${table} ${summary}`);

it.each([
  ['a key on its own line', 'CREATE TABLE a (id INT NOT NULL, PRIMARY KEY (id)) ENGINE = InnoDB'],
  ['a key of a column', 'create table if not exists `a` (id int primary key)'],
  ['a key with a name', 'CREATE TABLE a (id INT, CONSTRAINT pk PRIMARY KEY (id))'],
  ['a copy', 'CREATE TABLE b LIKE a'],
  ['a copy in parentheses', 'CREATE TABLE b (LIKE a)'],
  ['a replaced key', 'ALTER TABLE a DROP PRIMARY KEY, ADD PRIMARY KEY (id, part)'],
  ['a changed column', 'ALTER TABLE a MODIFY email VARCHAR(120) NOT NULL'],
  ['the engine without an equals sign', 'CREATE TABLE a (id INT PRIMARY KEY) ENGINE innodb'],
  ['another statement', 'INSERT INTO a (engine) VALUES (1)'],
  ['an index', 'CREATE UNIQUE INDEX i ON a (b)'],
])('accepts %s', (_what, sql) => {
  expect(problemsOf(sql)).toEqual([]);
});

it.each([
  ['no key at all', 'CREATE TABLE a (id INT)', ['a is made without a primary key']],
  ['a unique key only', 'CREATE TABLE shop.a (id INT NOT NULL UNIQUE)', ['a is made without a primary key']],
  ['a temporary table', 'CREATE TEMPORARY TABLE a (id INT)', ['a is made without a primary key']],
  ['a table from a query', 'CREATE TABLE a SELECT * FROM b', ['a is made without a primary key']],
  ['a key in a string', "CREATE TABLE a (id INT COMMENT 'it''s no PRIMARY KEY')", ['a is made without a primary key']],
  [
    'a key in a comment',
    'CREATE TABLE a (id INT /* PRIMARY KEY */) # PRIMARY KEY',
    ['a is made without a primary key'],
  ],
  ['a column of that name', 'CREATE TABLE a (`PRIMARY` INT, `KEY` INT)', ['a is made without a primary key']],
  [
    'a foreign key only',
    'CREATE TABLE a (b INT, FOREIGN KEY (b) REFERENCES c (d))',
    ['a is made without a primary key'],
  ],
  ['a dropped key', 'ALTER TABLE a DROP PRIMARY KEY', ['a loses its primary key']],
  ['a version comment', 'ALTER TABLE a /*!50100 DROP PRIMARY KEY */', ['a loses its primary key']],
  [
    'another engine',
    'CREATE TABLE a (id INT PRIMARY KEY) ENGINE=MyISAM',
    ['a has the storage engine MYISAM, which is not replicated: InnoDB is'],
  ],
  [
    'a change to another engine',
    'ALTER TABLE `a` ENGINE = `Memory`',
    ['a has the storage engine `Memory`, which is not replicated: InnoDB is'],
  ],
])('rejects %s', (_what, sql, problems) => {
  expect(problemsOf(sql)).toEqual(problems);
});

it('reports every problem of every file', () => {
  const files = [1, 2].map((version) =>
    makeMigration(
      `000${version}-trial.sql`,
      `CREATE TABLE a${version} (id INT);\nCREATE TABLE b (id INT KEY);\n`,
      version,
    ),
  );
  expect(checkMigrations(files).map(({ file, table }) => `${file} ${table}`)).toEqual([
    '0001-trial.sql a1',
    '0001-trial.sql b',
    '0002-trial.sql a2',
    '0002-trial.sql b',
  ]);
});

it('ignores keys in quotes and comments', () => {
  const hidden = fc.constantFrom(
    "'PRIMARY KEY'",
    '"PRIMARY KEY"',
    '/* PRIMARY KEY */',
    '`PRIMARY KEY`',
    "'\\'PRIMARY KEY'",
  );
  fc.assert(
    fc.property(fc.array(hidden), (texts) => {
      expect(problemsOf(`CREATE TABLE a (id INT ${texts.join(' ')})`)).toEqual(['a is made without a primary key']);
      expect(problemsOf(`CREATE TABLE a (id INT ${texts.join(' ')} PRIMARY KEY)`)).toEqual([]);
    }),
  );
});

it("reports no problem in the application's own migrations", async () => {
  const migrations = await readMigrations(join(import.meta.dirname, '../migrations'));
  expect(migrations.length).toBeGreaterThan(0);
  expect(checkMigrations(migrations)).toEqual([]);
});
