/** How much a {@link Problem} matters: an `error` stops the work, a `warning` is told and passed. */
export type Severity = 'error' | 'warning';

/** A fault in what the user wrote or in the machine he brought. Checks return all of them; they are never thrown one by one. */
export interface Problem {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence: what is wrong. */
  readonly summary: string;
  /** How to mend it. */
  readonly details?: string;
  /** Where it is: a path in the topology, a file, a host. */
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
