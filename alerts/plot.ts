import { seriesOf } from '../exporters/catalog/catalog.ts';
import { inferType } from '../exporters/promql/infer-type.ts';
import type { ValueUnit } from '../exporters/promql/promql-type.ts';
import { expressionsOf, parsePromql, type Syntax } from '../exporters/promql/syntax.ts';

/** One chart of an alert. */
export interface Plot {
  /** PromQL: the value, one series per alert, with labels that the alert has too. */
  readonly query: string;
  /** Limit of the alert; missing if it is not a constant. */
  readonly threshold?: { readonly comparison: Comparison; readonly value: number };
}

const COMPARISONS = { Eql: '==', Neq: '!=', Lte: '<=', Lss: '<', Gte: '>=', Gtr: '>' } as const;
type Comparison = (typeof COMPARISONS)[keyof typeof COMPARISONS];

/**
 * Charts of an alert: for each alternative of its expression, the value that it compares. An alternative without a comparison (`absent(…)`) has
 * no chart. For `and` and `unless` the left side is drawn, so that the chart has values before the alert too.
 */
export function plotsOf(expr: string): readonly Plot[] {
  return alternativesOf(parsePromql(expr)).flatMap((alternative) => {
    const found = findComparison(alternative);
    if (found === undefined) return [];
    const { comparison, left, right, expression } = found;
    const query = alternative.text.replace(expression.text, () => left.text);
    const value = constantOf(right);
    return [{ query, ...(value === undefined ? {} : { threshold: { comparison, value } }) }];
  });
}

/** Unit of a query's values; `any` if it cannot be inferred. */
export function unitOf(query: string, series = seriesOf()): ValueUnit {
  const context = { series, opaque: new Set<string>(), report: () => undefined };
  return inferType(parsePromql(query), context).unit;
}

/** Splits at `or`; unwraps parentheses and takes the left side of `and` and `unless`. */
function alternativesOf(syntax: Syntax): readonly Syntax[] {
  const parts = expressionsOf(syntax);
  const [first] = parts;
  if (first === undefined) return [syntax];
  if (syntax.name === 'PromQL' || syntax.name === 'ParenExpr') return alternativesOf(first);
  const operator = syntax.children.map(({ name }) => name);
  if (syntax.name !== 'BinaryExpr') return [syntax];
  if (operator.includes('Or')) return parts.flatMap(alternativesOf);
  return operator.includes('And') || operator.includes('Unless') ? alternativesOf(first) : [syntax];
}

interface Found {
  readonly expression: Syntax;
  readonly comparison: Comparison;
  readonly left: Syntax;
  readonly right: Syntax;
}

/** The outermost comparison; comparisons inside of it only select samples. */
function findComparison(syntax: Syntax): Found | undefined {
  const [left, right] = expressionsOf(syntax);
  const operator = syntax.children.find(({ name }) => name in COMPARISONS)?.name as
    keyof typeof COMPARISONS | undefined;
  if (operator !== undefined && left !== undefined && right !== undefined) {
    return { expression: syntax, comparison: COMPARISONS[operator], left, right };
  }
  for (const child of syntax.children) {
    const found = findComparison(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Value of a constant, with its sign and parentheses; undefined for a query. */
function constantOf(syntax: Syntax): number | undefined {
  const text = syntax.text.replaceAll(/[()\s]/g, '');
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
}
