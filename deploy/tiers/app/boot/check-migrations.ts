import type { Migration } from './migration-files.ts';

/** What Group Replication would accept and then refuse at the first write (error 3098), or the servers refuse at once. */
export interface MigrationProblem {
  readonly file: string;
  readonly table: string;
  readonly summary: string;
}

/**
 * Checks migrations before any of them runs. The servers check as well (`sql_require_primary_key`, `disabled_storage_engines`), but
 * statement by statement: DDL is not transactional, so a migration that stops in its middle leaves what came before.
 */
export function checkMigrations(migrations: readonly Migration[]): readonly MigrationProblem[] {
  return migrations.flatMap(({ name, statements }) =>
    statements.flatMap((statement) => {
      const words = wordsOf(statement);
      const table = tableOf(words);
      if (table === undefined) return [];
      return [...checkPrimaryKey(words, table.next), ...checkEngine(words)].map((summary) => ({
        file: name,
        table: table.name,
        summary,
      }));
    }),
  );
}

/** A word of a statement: keywords in capitals, quoted names with their quotes, strings and comments left out. */
const WORD =
  /--(?:[ \t].*|$)|#.*|\/\*(?!!)[\s\S]*?\*\/|\/\*!\d*|\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|[\w$]+|\S/gm;
/** What a comment for certain versions (`/*!50100`) holds is executed, so only its marks are left out. */
const LEFT_OUT = /^(?:--|#|\/\*|\*\/|['"])/;

function wordsOf(statement: string): readonly string[] {
  const all = statement.match(WORD) ?? [];
  return all.filter((word) => !LEFT_OUT.test(word)).map((word) => (word.startsWith('`') ? word : word.toUpperCase()));
}

/** The table that a statement makes or changes, and where the statement goes on; `undefined` for other statements. */
function tableOf(words: readonly string[]): { readonly name: string; readonly next: number } | undefined {
  const [verb] = words;
  if (verb !== 'CREATE' && verb !== 'ALTER') return undefined;
  let next = words[1] === 'TEMPORARY' ? 2 : 1;
  if (words[next] !== 'TABLE') return undefined;
  next += 1;
  while (['IF', 'NOT', 'EXISTS'].includes(words[next] ?? '')) next += 1;
  const isQualified = words[next + 1] === '.';
  const name = (words[isQualified ? next + 2 : next] ?? '').replaceAll('`', '').toLowerCase();
  return { name, next: next + (isQualified ? 3 : 1) };
}

function checkPrimaryKey(words: readonly string[], next: number): readonly string[] {
  const keys = words.flatMap((word, index) => (word === 'PRIMARY' && words[index + 1] === 'KEY' ? [index] : []));
  if (words[0] === 'CREATE') {
    // A copy has the keys of its model, which was checked when it was made.
    const isCopy = words[next] === 'LIKE' || (words[next] === '(' && words[next + 1] === 'LIKE');
    return keys.length > 0 || isCopy ? [] : ['is made without a primary key'];
  }
  const isDropped = keys.some((index) => words[index - 1] === 'DROP');
  const isAdded = keys.some((index) => words[index - 1] !== 'DROP');
  return isDropped && !isAdded ? ['loses its primary key'] : [];
}

function checkEngine(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (word !== 'ENGINE') return [];
    const engine = words[index + 1] === '=' ? words[index + 2] : words[index + 1];
    return engine === undefined || engine.replaceAll('`', '').toUpperCase() === 'INNODB'
      ? []
      : [`has the storage engine ${engine}, which is not replicated: InnoDB is`];
  });
}
