import { needGrowth, type Inference } from './inference.ts';
import { LITERAL, type PromqlType } from './promql-type.ts';
import { childOf, expressionsOf, findAll, unquote, type Syntax } from './syntax.ts';

/** Operators whose result depends on the number of series only, not on their values. */
const COUNTING = new Set(['count', 'group']);
/** Operators that select some of the series and leave them unchanged. */
const SELECTING = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** The type of an aggregation such as `sum by (…) (…)`. */
export function inferAggregation(syntax: Syntax, inference: Inference): PromqlType {
  const operator = childOf(syntax, 'AggregateOp')?.text.toLowerCase() ?? '';
  const given = expressionsOf(childOf(syntax, 'FunctionCallBody') ?? syntax);
  const types = given.map((argument) => inference.infer(argument));
  const of = types.at(-1) ?? LITERAL;
  if (!COUNTING.has(operator)) needGrowth(of, syntax, inference.report);
  if (SELECTING.has(operator)) return of;
  const modifier = childOf(syntax, 'AggregateModifier');
  const named = modifier === undefined ? [] : findAll(modifier, 'LabelName').map(({ text }) => text);
  const isBy = modifier === undefined || childOf(modifier, 'By') !== undefined;
  for (const label of named) {
    if (of.labels !== undefined && !of.labels.has(label)) {
      inference.report(
        'unknown-label',
        `${operator}(): what is in it has no label ${label}: ${syntax.text.slice(0, 100)}`,
      );
    }
  }
  const keptLabels = isBy ? new Set(named) : without(of.labels, named);
  const labels = operator === 'count_values' ? keptLabels?.add(unquote(given[0]?.text ?? '""')) : keptLabels;
  const unit = COUNTING.has(operator) || operator === 'count_values' ? '1' : of.unit;
  return { ...of, shape: 'vector', kind: 'gauge', unit, labels };
}

function without(labels: ReadonlySet<string> | undefined, named: readonly string[]): Set<string> | undefined {
  return labels === undefined ? undefined : new Set([...labels].filter((label) => !named.includes(label)));
}
