import { tokensOf } from './check-migrations.ts';
import type { Migration } from './migration-files.ts';

/**
 * Checks whether releases that do not know a migration can use the database after it. During a rollout the older release runs beside the newer one;
 * after a rollback it runs alone. Returns the reasons why not; an empty list if it only adds. `hasStep`: it also runs code, whose effect is unknown.
 */
export function checkAdditive(
  { name, statements }: Pick<Migration, 'name' | 'statements'>,
  hasStep: boolean,
): readonly string[] {
  const problems = statements.flatMap((statement) => {
    const problem = problemOf(tokensOf(statement));
    return problem === undefined ? [] : [`${name}: ${firstWords(statement)} ${problem}`];
  });
  return hasStep ? [...problems, `${name}: changes rows with code of its own`] : problems;
}

function problemOf(tokens: readonly string[]): string | undefined {
  const [verb, object] = tokens;
  if (verb === 'CREATE' && (object === 'INDEX' || object === 'TABLE')) return undefined;
  if (verb !== 'ALTER' || object !== 'TABLE') return 'is not known to leave older releases unaffected';
  // ALTER TABLE name, or ALTER TABLE schema.name.
  const changes = splitChanges(tokens.slice(tokens[3] === '.' ? 5 : 3));
  return changes.map(problemOfChange).find((problem) => problem !== undefined);
}

/** The changes of one ALTER TABLE. Commas in parentheses separate columns or values, not changes. */
function splitChanges(tokens: readonly string[]): readonly (readonly string[])[] {
  const changes: string[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === ',' && depth === 0) changes.push([]);
    else changes.at(-1)?.push(token);
  }
  return changes;
}

/** Words with which a column limits the values that older releases write. */
const LIMITS = ['UNIQUE', 'PRIMARY', 'KEY', 'REFERENCES', 'CHECK', 'AUTO_INCREMENT'];

function problemOfChange(change: readonly string[]): string | undefined {
  const [verb, next] = change;
  // How the server carries out the change.
  if (verb === 'ALGORITHM' || verb === 'LOCK') return undefined;
  if (verb !== 'ADD') return 'changes or removes what older releases use';
  if (next === 'INDEX' || next === 'KEY') return undefined;
  if (
    next === '(' ||
    ['UNIQUE', 'PRIMARY', 'CONSTRAINT', 'FOREIGN', 'CHECK', 'FULLTEXT', 'SPATIAL'].includes(next ?? '')
  )
    return 'limits what older releases may write';
  if (change.some((word) => LIMITS.includes(word))) return 'limits what older releases may write';
  const isRequired = change.some((word, index) => word === 'NOT' && change[index + 1] === 'NULL');
  const hasValue = change.includes('DEFAULT') || change.includes('GENERATED');
  return isRequired && !hasValue ? 'needs a value that older releases do not write' : undefined;
}

function firstWords(statement: string): string {
  const line = statement.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
