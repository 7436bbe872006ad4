import { childOf, findAll, parsePromql } from '../../exporters/promql/syntax.ts';
import { BUILT_IN } from '../substitute.ts';
import { plain } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

const GROWTH = new Set(['rate', 'irate', 'increase']);
const RANGES = [BUILT_IN['__rate_interval'], BUILT_IN['__range']];

/** Growth is over `$__rate_interval`, which fits whatever zoom, or over `$__range`, all that is looked at. */
export const TARGET_RATE_INTERVAL: Rule = {
  name: 'target-rate-interval',
  check: (subjects) =>
    panelsOf(subjects).flatMap(({ board, targets, at }) =>
      targets.flatMap(({ expr, refId }) => {
        const calls = findAll(parsePromql(plain(expr, board.variables)), 'FunctionCall');
        return calls
          .filter((call) => GROWTH.has(childOf(call, 'FunctionIdentifier')?.text ?? ''))
          .filter((call) => !RANGES.some((range) => call.text.includes(`[${range ?? ''}]`)))
          .map(() => ({ summary: `Query ${refId}: growth must be over $__rate_interval or $__range.`, at }));
      }),
    ),
};
