import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** A node of the syntax tree with its text. */
export interface Syntax {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Syntax[];
}

/** Parses PromQL. Syntax errors become nodes with the name `⚠`. */
export function parsePromql(text: string): Syntax {
  return toSyntax(parser.parse(text).topNode, text);
}

function toSyntax(node: SyntaxNode, text: string): Syntax {
  const children: Syntax[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(toSyntax(child, text));
  return { name: node.type.isError ? '⚠' : node.name, text: text.slice(node.from, node.to), children };
}

export function childOf(syntax: Syntax, name: string): Syntax | undefined {
  return syntax.children.find((child) => child.name === name);
}

/** All nodes with a name, in pre-order. */
export function findAll(syntax: Syntax, name: string): readonly Syntax[] {
  const own = syntax.name === name ? [syntax] : [];
  return [...own, ...syntax.children.flatMap((child) => findAll(child, name))];
}

/** Value of a string literal. */
export function unquote(text: string): string {
  return text.startsWith('`') ? text.slice(1, -1) : text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

const EXPRESSIONS = new Set([
  'ParenExpr',
  'StepInvariantExpr',
  'OffsetExpr',
  'UnaryExpr',
  'NumberDurationLiteral',
  'StringLiteral',
  'VectorSelector',
  'MatrixSelector',
  'SubqueryExpr',
  'FunctionCall',
  'AggregateExpr',
  'BinaryExpr',
]);

/** Child nodes that are expressions. */
export function expressionsOf(syntax: Syntax): readonly Syntax[] {
  return syntax.children.filter(({ name }) => EXPRESSIONS.has(name));
}
