import { needGrowth, type Inference } from './inference.ts';
import { LITERAL, type PromqlType, type ValueUnit } from './promql-type.ts';
import { childOf, expressionsOf, findAll, type Syntax } from './syntax.ts';

const SETS = new Set(['And', 'Or', 'Unless']);
const COMPARISONS = new Set(['Eql', 'Neq', 'Lte', 'Lss', 'Gte', 'Gtr']);

/** The type of a binary expression. */
export function inferBinary(syntax: Syntax, inference: Inference): PromqlType {
  const [leftSyntax, rightSyntax] = expressionsOf(syntax);
  const left = leftSyntax === undefined ? LITERAL : inference.infer(leftSyntax);
  const right = rightSyntax === undefined ? LITERAL : inference.infer(rightSyntax);
  checkMatching(syntax, { left, right }, inference);
  const operator = syntax.children.find(
    ({ name }) => SETS.has(name) || COMPARISONS.has(name) || ['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Pow'].includes(name),
  )?.name;
  const vector = left.shape === 'vector' ? left : right;
  if (operator === undefined) return vector;
  if (SETS.has(operator)) return operator === 'Or' ? either(left, right) : left;
  // A counter minus the same counter with `offset` is its increase.
  const isGrowth = operator === 'Sub' && left.kind === 'counter' && right.kind === 'counter';
  if (!isGrowth) for (const side of [left, right]) needGrowth(side, syntax, inference.report);
  const unit = converted(operator, left.unit, rightSyntax?.text) ?? unitOf(operator, left.unit, right.unit);
  if (unit === undefined) {
    inference.report('units', `${left.unit} and ${right.unit} do not go together: ${syntax.text.slice(0, 100)}`);
  }
  const labels = left.shape === 'vector' && right.shape === 'vector' ? left.labels : vector.labels;
  return { ...vector, kind: 'gauge', unit: unit ?? 'any', labels };
}

/** Factors that convert units: percent / 100 is a ratio, and a timestamp * 1000 is in milliseconds, as browsers need it. */
function converted(operator: string, left: ValueUnit, right: string | undefined): ValueUnit | undefined {
  if (operator === 'Div' && left === 'percent' && right === '100') return 'ratio';
  if (operator === 'Mul' && left === 'timestamp' && right === '1000') return 'timestamp in ms';
  return undefined;
}

/** Unit of the result, or undefined if the two units do not match. */
function unitOf(operator: string, left: ValueUnit, right: ValueUnit): ValueUnit | undefined {
  if (operator === 'Mul' || operator === 'Pow' || operator === 'Mod') {
    if (left === 'any' || left === 'ratio') return right;
    if (right === 'any' || right === 'ratio') return left;
    if (left === '1' && operator === 'Mul') return right;
    return right === '1' && operator === 'Mul' ? left : 'any';
  }
  if (operator === 'Div') {
    if (right === 'any') return left === 'any' ? 'any' : left;
    return left === right ? 'ratio' : 'any';
  }
  if (left === 'any' || right === 'any' || left === right) {
    if (operator === 'Sub' && left === 'timestamp' && right === 'timestamp') return 'seconds';
    if (COMPARISONS.has(operator)) return left === 'any' ? right : left;
    return left === 'any' ? right : left;
  }
  if (operator === 'Sub' && left === 'timestamp' && right === 'seconds') return 'timestamp';
  if (operator === 'Add' && [left, right].includes('timestamp') && [left, right].includes('seconds'))
    return 'timestamp';
  return undefined;
}

/** Type of `or`: the unit only if both sides have the same. */
function either(left: PromqlType, right: PromqlType): PromqlType {
  const labels =
    left.labels === undefined || right.labels === undefined ? undefined : new Set([...left.labels, ...right.labels]);
  return { ...left, unit: left.unit === right.unit ? left.unit : 'any', labels };
}

function checkMatching(
  syntax: Syntax,
  sides: { readonly left: PromqlType; readonly right: PromqlType },
  { report }: Inference,
): void {
  const clause = childOf(syntax, 'MatchingModifierClause');
  const [on] = clause === undefined ? [] : clause.children.filter(({ name }) => name === 'GroupingLabels');
  if (clause === undefined || on === undefined || childOf(clause, 'On') === undefined) return;
  for (const { text: label } of findAll(on, 'LabelName')) {
    for (const side of [sides.left, sides.right]) {
      if (side.labels === undefined || side.labels.has(label)) continue;
      report('unknown-label', `on (${label}): one side has no such label: ${syntax.text.slice(0, 100)}`);
    }
  }
}
