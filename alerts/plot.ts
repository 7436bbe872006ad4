import { seriesOf } from '../exporters/catalog/catalog.ts';
import { inferType } from '../exporters/promql/infer-type.ts';
import type { ValueUnit } from '../exporters/promql/promql-type.ts';
import { expressionsOf, parsePromql, type Syntax } from '../exporters/promql/syntax.ts';

/** One way to draw what an alert is about. */
export interface Plot {
  /** PromQL: the value, one series per alert, with labels that the alert has too. */
  readonly query: string;
  /** Where the alert begins; missing where that is no fixed number. */
  readonly threshold?: { readonly comparison: Comparison; readonly value: number };
}

const COMPARISONS = { Eql: '==', Neq: '!=', Lte: '<=', Lss: '<', Gte: '>=', Gtr: '>' } as const;
type Comparison = (typeof COMPARISONS)[keyof typeof COMPARISONS];

/**
 * What to draw of an alert: for each alternative of its expression, the value that it compares. An alternative that compares nothing
 * (`absent(…)`) has no value. Of what is cut by `and` and `unless` the left side is drawn, so that there is a line before the alert too.
 */
export function plotsOf(expr: string): readonly Plot[] {
  return alternativesOf(parsePromql(expr)).flatMap((alternative) => {
    const found = findComparison(alternative);
    if (found === undefined) return [];
    const { comparison, left, right, whole } = found;
    const query = alternative.text.replace(whole.text, () => left.text);
    const value = constantOf(right);
    return [{ query, ...(value === undefined ? {} : { threshold: { comparison, value } }) }];
  });
}

/** What the values of a query are measured in; `any` where that cannot be told. */
export function unitOf(query: string, series = seriesOf()): ValueUnit {
  const world = { series, opaque: new Set<string>(), report: () => undefined };
  return inferType(parsePromql(query), world).unit;
}

/** Looks through parentheses, and through set operators to what they keep. */
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
  readonly whole: Syntax;
  readonly comparison: Comparison;
  readonly left: Syntax;
  readonly right: Syntax;
}

/** The outermost comparison that filters; inside of it others may say what counts at all. */
function findComparison(syntax: Syntax): Found | undefined {
  const [left, right] = expressionsOf(syntax);
  const operator = syntax.children.find(({ name }) => name in COMPARISONS)?.name as
    keyof typeof COMPARISONS | undefined;
  if (operator !== undefined && left !== undefined && right !== undefined) {
    return { whole: syntax, comparison: COMPARISONS[operator], left, right };
  }
  for (const child of syntax.children) {
    const found = findComparison(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value of a number, with its sign and parentheses; undefined for what has to be asked for. */
function constantOf(syntax: Syntax): number | undefined {
  const text = syntax.text.replaceAll(/[()\s]/g, '');
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
}
