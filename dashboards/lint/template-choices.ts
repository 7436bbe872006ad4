import type { Rule } from './rule.ts';

/** Variables allow one, several or all values; All also includes values that appear later. */
export const TEMPLATE_CHOICES: Rule = {
  name: 'template-choices',
  check: (subjects) =>
    subjects.flatMap(({ board, dashboard }) =>
      (dashboard.templating?.list ?? [])
        .filter(({ type }) => type !== 'datasource')
        .flatMap(({ name, type, label, multi, includeAll, allValue }) => {
          const isRight =
            type === 'query' && (label ?? '') !== '' && multi === true && includeAll === true && allValue === '.+';
          if (isRight) return [];
          const summary = `The variable ${name} must be a query with a label, multi and includeAll, and .+ for all.`;
          return [{ summary, at: board.uid }];
        }),
    ),
};
