import { childOf, findAll, parsePromql } from '../../exporters/promql/syntax.ts';
import { BUILT_IN } from '../substitute.ts';
import { withAllValues } from '../lint-context.ts';
import { panelsOf, type Rule } from './rule.ts';

const COUNTER_FUNCTIONS = new Set(['rate', 'irate', 'increase']);
const RANGES = [BUILT_IN['__rate_interval'], BUILT_IN['__range']];

/** rate() and increase() use `$__rate_interval`, which fits every zoom level, or `$__range`, the whole time range. */
export const TARGET_RATE_INTERVAL: Rule = {
  name: 'target-rate-interval',
  check: (subjects) =>
    panelsOf(subjects).flatMap(({ board, targets, at }) =>
      targets.flatMap(({ expr, refId }) => {
        const calls = findAll(parsePromql(withAllValues(expr, board.variables)), 'FunctionCall');
        return calls
          .filter((call) => COUNTER_FUNCTIONS.has(childOf(call, 'FunctionIdentifier')?.text ?? ''))
          .filter((call) => !RANGES.some((range) => call.text.includes(`[${range ?? ''}]`)))
          .map(() => ({ summary: `Query ${refId}: growth must be over $__rate_interval or $__range.`, at }));
      }),
    ),
};
