import { SCRAPE } from '../../exporters/catalog/monitors.ts';
import { childOf, findAll, parsePromql } from '../../exporters/promql/syntax.ts';
import { plain } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

/** What several jobs expose by one name is told apart by a matcher of `job` or `tier`. */
export const TARGET_JOB: Rule = {
  name: 'target-job',
  check: (subjects, { series }) => {
    const isShared = (name: string): boolean => !(name in SCRAPE) && (series.get(name)?.jobs ?? []).length > 1;
    return panelsOf(subjects).flatMap(({ board, targets, at }) =>
      targets.flatMap(({ expr, refId }) => {
        const selectors = findAll(parsePromql(plain(expr, board.variables)), 'VectorSelector');
        return selectors
          .filter((selector) => isShared(childOf(selector, 'Identifier')?.text ?? ''))
          .filter(({ text }) => !/[{,]\s*(job|tier)\s*[=!]/.test(text))
          .map(({ text }) => ({ summary: `Query ${refId}: several jobs have ${text}; say which.`, at }));
      }),
    );
  },
};
