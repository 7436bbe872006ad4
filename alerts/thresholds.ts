import { childOf, expressionsOf, parsePromql, type Syntax } from '../exporters/promql/syntax.ts';

/** A constant that an alert compares series with. The alert's expression is its only source. */
export interface Threshold {
  /** Condition of the alert: `< 3` is `{ operator: '<', value: 3 }`. */
  readonly operator: '<' | '<=' | '>' | '>=' | '==';
  readonly value: number;
  /** The expression that is compared. */
  readonly of: string;
}

const OPERATORS: Readonly<Record<string, Threshold['operator']>> = {
  Lss: '<',
  Lte: '<=',
  Gtr: '>',
  Gte: '>=',
  Eql: '==',
};
const FLIPPED: Readonly<Record<Threshold['operator'], Threshold['operator']>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
};

/** The outermost comparisons with a constant in each alternative of an alert's expression. Inner comparisons only select samples. */
export function thresholdsOf(expr: string): readonly Threshold[] {
  return thresholdsIn(parsePromql(expr));
}

function thresholdsIn(syntax: Syntax): readonly Threshold[] {
  if (syntax.name !== 'BinaryExpr') return syntax.children.flatMap(thresholdsIn);
  const [left, right] = expressionsOf(syntax);
  if (left === undefined || right === undefined) return [];
  const name = syntax.children.map((child) => child.name).find((child) => child in OPERATORS);
  const operator = name === undefined ? undefined : OPERATORS[name];
  if (operator === undefined) {
    // The right side of `unless` prevents an alert; it is not part of its condition.
    return childOf(syntax, 'Unless') === undefined
      ? [...thresholdsIn(left), ...thresholdsIn(right)]
      : thresholdsIn(left);
  }
  const [of, number] = numberOf(right) === undefined ? [right, numberOf(left)] : [left, numberOf(right)];
  if (number === undefined) return [];
  return [{ operator: of === left ? operator : FLIPPED[operator], value: number, of: of.text }];
}

function numberOf(syntax: Syntax): number | undefined {
  const text = syntax.text.replace(/^\((.*)\)$/, '$1');
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}
