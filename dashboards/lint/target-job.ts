import { SCRAPE } from '../../exporters/catalog/monitors.ts';
import { childOf, findAll, parsePromql } from '../../exporters/promql/syntax.ts';
import { withAllValues } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

/** Metrics that several jobs expose are selected with a matcher of `job` or `tier`. */
export const TARGET_JOB: Rule = {
  name: 'target-job',
  check: (subjects, { series }) => {
    const isShared = (name: string): boolean => !(name in SCRAPE) && (series.get(name)?.jobs ?? []).length > 1;
    return panelsOf(subjects).flatMap(({ board, targets, at }) =>
      targets.flatMap(({ expr, refId }) => {
        const selectors = findAll(parsePromql(withAllValues(expr, board.variables)), 'VectorSelector');
        return selectors
          .filter((selector) => isShared(childOf(selector, 'Identifier')?.text ?? ''))
          .filter(({ text }) => !/[{,]\s*(job|tier)\s*[=!]/.test(text))
          .map(({ text }) => ({ summary: `Query ${refId}: several jobs have ${text}; say which.`, at }));
      }),
    );
  },
};
