import type { Migration } from './migration-files.ts';

/** A table that Group Replication accepts but rejects at the first write (error 3098), or that the servers reject at once. */
export interface MigrationProblem {
  readonly file: string;
  readonly table: string;
  readonly summary: string;
}

/**
 * Checks all migrations before any of them runs. The servers check too (`sql_require_primary_key`, `disabled_storage_engines`), but only each
 * statement. DDL is not transactional, so a migration that fails halfway leaves its earlier changes behind.
 */
export function checkMigrations(migrations: readonly Migration[]): readonly MigrationProblem[] {
  return migrations.flatMap(({ name, statements }) =>
    statements.flatMap((statement) => {
      const tokens = tokensOf(statement);
      const table = tableOf(tokens);
      if (table === undefined) return [];
      return [...checkPrimaryKey(tokens, table.next), ...checkEngine(tokens)].map((summary) => ({
        file: name,
        table: table.name,
        summary,
      }));
    }),
  );
}

/** Tokens of a statement: words, quoted names, strings, comments and single characters. */
const TOKEN =
  /--(?:[ \t].*|$)|#.*|\/\*(?!!)[\s\S]*?\*\/|\/\*!\d*|\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|[\w$]+|\S/gm;
/** Comments and strings are ignored. The server executes the content of a version comment (`/*!50100`), so only its delimiters are ignored. */
const IGNORED = /^(?:--|#|\/\*|\*\/|['"])/;

/** Without comments and strings; words are in upper case, quoted names are as written. */
export function tokensOf(statement: string): readonly string[] {
  const all = statement.match(TOKEN) ?? [];
  return all
    .filter((token) => !IGNORED.test(token))
    .map((token) => (token.startsWith('`') ? token : token.toUpperCase()));
}

/** The table that a statement creates or alters, and the index of the next token; `undefined` for other statements. */
function tableOf(tokens: readonly string[]): { readonly name: string; readonly next: number } | undefined {
  const [verb] = tokens;
  if (verb !== 'CREATE' && verb !== 'ALTER') return undefined;
  let next = tokens[1] === 'TEMPORARY' ? 2 : 1;
  if (tokens[next] !== 'TABLE') return undefined;
  next += 1;
  while (['IF', 'NOT', 'EXISTS'].includes(tokens[next] ?? '')) next += 1;
  const isQualified = tokens[next + 1] === '.';
  const name = (tokens[isQualified ? next + 2 : next] ?? '').replaceAll('`', '').toLowerCase();
  return { name, next: next + (isQualified ? 3 : 1) };
}

function checkPrimaryKey(tokens: readonly string[], next: number): readonly string[] {
  const keys = tokens.flatMap((token, index) => (token === 'PRIMARY' && tokens[index + 1] === 'KEY' ? [index] : []));
  if (tokens[0] === 'CREATE') {
    // A copy has the keys of the original table, whose own statement was checked.
    const isCopy = tokens[next] === 'LIKE' || (tokens[next] === '(' && tokens[next + 1] === 'LIKE');
    return keys.length > 0 || isCopy ? [] : ['is made without a primary key'];
  }
  const isDropped = keys.some((index) => tokens[index - 1] === 'DROP');
  const isAdded = keys.some((index) => tokens[index - 1] !== 'DROP');
  return isDropped && !isAdded ? ['loses its primary key'] : [];
}

function checkEngine(tokens: readonly string[]): readonly string[] {
  return tokens.flatMap((token, index) => {
    if (token !== 'ENGINE') return [];
    const engine = tokens[index + 1] === '=' ? tokens[index + 2] : tokens[index + 1];
    return engine === undefined || engine.replaceAll('`', '').toUpperCase() === 'INNODB'
      ? []
      : [`has the storage engine ${engine}, which is not replicated: InnoDB is`];
  });
}
