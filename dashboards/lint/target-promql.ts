import { checkPromql } from '../../exporters/promql/check-promql.ts';
import { withAllValues } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

/**
 * Every query is valid: correct PromQL; metrics, labels and label values of the catalogue; counters only with rate() or increase(); matching units;
 * and only variables of the board.
 */
export const TARGET_PROMQL: Rule = {
  name: 'target-promql',
  check: (subjects, { series, recorded }) =>
    panelsOf(subjects).flatMap(({ board, targets, at }) =>
      targets.flatMap(({ expr, refId }) => {
        const text = withAllValues(expr, board.variables);
        const [unknown] = /\$\{?\w+/.exec(text) ?? [];
        if (unknown !== undefined) return [{ summary: `Query ${refId}: the board has no variable ${unknown}.`, at }];
        return checkPromql(text, { at, series, recorded }).map(({ summary }) => ({
          summary: `Query ${refId}: ${summary}`,
          at,
        }));
      }),
    ),
};
