import { checkPromql } from '../../exporters/promql/check-promql.ts';
import { typeOfPromql } from '../../exporters/promql/type-of-promql.ts';
import type { Rule } from './rule.ts';

/** Variables read series of the catalogue and a label of these. */
export const TEMPLATE_PROMQL: Rule = {
  name: 'template-promql',
  check: (subjects, { series, recorded }) =>
    subjects.flatMap(({ board }) =>
      board.variables.flatMap(({ name, selector, of }) => {
        const at = `${board.uid}/$${name}`;
        // count() makes counters valid: a variable reads their labels only.
        const problems = checkPromql(`count by (${of}) (${selector})`, { at, series, recorded });
        const known = typeOfPromql(selector, series).labels;
        const missing = known?.has(of) === false ? [{ summary: `${selector} has no label ${of}.`, at }] : [];
        return [...problems.map(({ summary }) => ({ summary, at })), ...(problems.length === 0 ? missing : [])];
      }),
    ),
};
