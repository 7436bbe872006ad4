/** Severity of a {@link Problem}: an `error` stops the command, a `warning` is only reported. */
export type Severity = 'error' | 'warning';

/** A problem in the user's files or machine. Checks return all problems at once and never throw them. */
export interface Problem {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence. */
  readonly summary: string;
  /** The fix. */
  readonly details?: string;
  /** Location: a path in the topology, a file, a host. */
  readonly at?: string;
}

/** One line per problem, as shown in a terminal. */
export function renderProblems(problems: readonly Problem[]): string {
  return problems
    .map((problem) => {
      const where = problem.at === undefined ? '' : ` (${problem.at})`;
      const fix = problem.details === undefined ? '' : `\n    ${problem.details}`;
      return `${problem.severity}: ${problem.summary}${where}${fix}`;
    })
    .join('\n');
}
