import { panelsOf, type Rule } from './rule.ts';

/** Every variable is used by a query. */
export const TARGET_VARIABLE: Rule = {
  name: 'target-variable',
  check: (subjects) =>
    subjects.flatMap((subject) => {
      const exprs = panelsOf([subject]).flatMap(({ targets }) => targets.map(({ expr }) => expr));
      return subject.board.variables
        .filter(({ name, of }) => !exprs.some((expr) => expr.includes(`${of}=~"$${name}"`)))
        .map(({ name, of }) => ({
          summary: `No query of the board selects by ${of}=~"$${name}".`,
          at: subject.board.uid,
        }));
    }),
};
