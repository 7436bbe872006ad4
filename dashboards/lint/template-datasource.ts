import type { Rule } from './rule.ts';

/** Exactly one variable selects the data source; its name is `datasource` and its label `Data source`. */
export const TEMPLATE_DATASOURCE: Rule = {
  name: 'template-datasource',
  check: (subjects) =>
    subjects.flatMap(({ board, dashboard }) => {
      const found = (dashboard.templating?.list ?? []).filter(({ type }) => type === 'datasource');
      const [first] = found;
      if (found.length === 1 && first?.name === 'datasource' && first.label === 'Data source') return [];
      const summary = 'A board has exactly one data source variable, named datasource and labelled Data source.';
      return [{ summary, at: board.uid }];
    }),
};
