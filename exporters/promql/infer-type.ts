import type { Series } from '../catalog/catalog.ts';
import { TARGET_LABELS } from '../catalog/metric.ts';
import type { Inference } from './inference.ts';
import { childOf, expressionsOf, unquote, type Syntax } from './syntax.ts';
import { inferAggregation } from './infer-aggregation.ts';
import { inferBinary } from './infer-binary.ts';
import { inferFunction } from './infer-function.ts';
import { LITERAL, type PromqlType } from './promql-type.ts';

/** Infers the type of an expression and reports its problems. */
export function inferType(syntax: Syntax, context: Omit<Inference, 'infer'>): PromqlType {
  const inference: Inference = { ...context, infer: (part) => inferType(part, context) };
  switch (syntax.name) {
    case 'PromQL':
    case 'ParenExpr':
    case 'StepInvariantExpr':
    case 'OffsetExpr':
    case 'UnaryExpr':
      return inferInner(syntax, inference);
    case 'NumberDurationLiteral':
      return LITERAL;
    case 'StringLiteral':
      return { ...LITERAL, shape: 'string' };
    case 'VectorSelector':
      return inferSelector(syntax, inference);
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return { ...inferInner(syntax, inference), shape: 'range' };
    case 'FunctionCall':
      return inferFunction(syntax, inference);
    case 'AggregateExpr':
      return inferAggregation(syntax, inference);
    case 'BinaryExpr':
      return inferBinary(syntax, inference);
    default:
      inference.report('syntax', `${syntax.text.slice(0, 60)} cannot be understood.`);
      return { ...LITERAL, shape: 'vector', labels: undefined };
  }
}

function inferInner(syntax: Syntax, inference: Inference): PromqlType {
  const [inner] = expressionsOf(syntax);
  if (inner !== undefined) return inference.infer(inner);
  inference.report('syntax', `${syntax.text.slice(0, 60)} has nothing in it.`);
  return LITERAL;
}

function inferSelector(syntax: Syntax, { series, opaque, report }: Inference): PromqlType {
  const name = childOf(syntax, 'Identifier')?.text ?? '';
  const known = series.get(name);
  if (known === undefined) {
    if (!opaque.has(name)) report('unknown-metric', `${name || syntax.text} is in no catalogue.`);
    return { shape: 'vector', unit: 'any', kind: 'gauge', labels: undefined };
  }
  const labels = new Set([...(known.isRecorded ? [] : TARGET_LABELS), ...Object.keys(known.labels)]);
  for (const matcher of childOf(syntax, 'LabelMatchers')?.children ?? [])
    checkMatcher(matcher, { known, labels, report });
  const { type: kind, unit, metric } = known;
  const isBucket = name.endsWith('_bucket') && metric.type === 'histogram';
  return { shape: 'vector', unit, kind, labels, ...(isBucket ? { bucketsOf: metric.unit } : {}) };
}

interface MatcherContext {
  readonly known: Series;
  readonly labels: ReadonlySet<string>;
  readonly report: Inference['report'];
}

function checkMatcher(matcher: Syntax, { known, labels, report }: MatcherContext): void {
  const label = childOf(matcher, 'LabelName')?.text;
  const value = childOf(matcher, 'StringLiteral');
  if (label === undefined || value === undefined) return;
  if (!labels.has(label)) {
    report('unknown-label', `${known.name} has no label ${label}.`);
    return;
  }
  const closed = label === 'job' && !known.isRecorded ? known.jobs : known.labels[label];
  const operator = childOf(matcher, 'MatchOp')?.text;
  if (closed === undefined || !('length' in closed)) return;
  const wanted = unquote(value.text);
  const never =
    operator === '='
      ? !closed.includes(wanted)
      : operator === '=~' && !closed.some((one) => new RegExp(`^(?:${wanted})$`).test(one));
  if (never)
    report(
      'unknown-value',
      `${known.name} never has ${label}${operator}${value.text}: it may be ${closed.join(', ')}.`,
    );
}
