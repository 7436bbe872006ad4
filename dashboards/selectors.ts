import { childOf, findAll, parsePromql, unquote } from '../exporters/promql/syntax.ts';

/** The exact parts of a series selector: `up{job="hop",host=~".+"}` has the name `up` and the label `job`. */
export interface Selector {
  readonly name: string;
  /** Labels with an exact value. */
  readonly labels: ReadonlyMap<string, string>;
}

/** All selectors in an expression. */
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

/** Whether both may select the same series. */
export function mayOverlap(one: Selector, other: Selector): boolean {
  if (one.name !== other.name) return false;
  return [...one.labels].every(([label, value]) => (other.labels.get(label) ?? value) === value);
}
