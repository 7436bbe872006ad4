import { childOf, findAll, parsePromql, unquote } from '../exporters/promql/syntax.ts';

/** A selector of series as far as it names one: `up{job="hop",host=~".+"}` has the name `up` and the label `job`. */
export interface Selector {
  readonly name: string;
  /** Labels that must have exactly this value. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Every selector in an expression. */
export function selectorsIn(expr: string): readonly Selector[] {
  return findAll(parsePromql(expr), 'VectorSelector').map((selector) => ({
    name: childOf(selector, 'Identifier')?.text ?? '',
    labels: new Map(
      findAll(selector, 'UnquotedLabelMatcher')
        .filter((matcher) => childOf(matcher, 'MatchOp')?.text === '=')
        .map((matcher) => [
          childOf(matcher, 'LabelName')?.text ?? '',
          unquote(childOf(matcher, 'StringLiteral')?.text ?? '""'),
        ]),
    ),
  }));
}

/** Whether some series may be found by both. */
export function mayMeanTheSame(one: Selector, other: Selector): boolean {
  if (one.name !== other.name) return false;
  return [...one.labels].every(([label, value]) => (other.labels.get(label) ?? value) === value);
}
