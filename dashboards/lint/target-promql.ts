import { checkPromql } from '../../exporters/promql/check-promql.ts';
import { plain } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

/**
 * Every query can be right: it is PromQL, its metrics, labels and label values are in the catalogue, counters are read by their growth only, units go together;
 * and it names no variable that the board has not.
 */
export const TARGET_PROMQL: Rule = {
  name: 'target-promql',
  check: (subjects, { series, recorded }) =>
    panelsOf(subjects).flatMap(({ board, targets, at }) =>
      targets.flatMap(({ expr, refId }) => {
        const text = plain(expr, board.variables);
        const [unknown] = /\$\{?\w+/.exec(text) ?? [];
        if (unknown !== undefined) return [{ summary: `Query ${refId}: the board has no variable ${unknown}.`, at }];
        return checkPromql(text, { at, series, recorded }).map(({ summary }) => ({
          summary: `Query ${refId}: ${summary}`,
          at,
        }));
      }),
    ),
};
