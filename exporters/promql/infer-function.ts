import { needGrowth, type Inference } from './inference.ts';
import { LITERAL, type PromqlType, type ValueUnit } from './promql-type.ts';
import { childOf, expressionsOf, unquote, type Syntax } from './syntax.ts';

/** Functions of counters. */
const COUNTER_FUNCTIONS = new Set(['rate', 'irate', 'increase']);
/** Functions of the change of gauges. */
const GAUGE_FUNCTIONS = new Set(['delta', 'idelta', 'deriv', 'predict_linear']);
/** Functions of the existence, time or changes of samples, which accept counters and gauges; with the unit of their result. */
const SAMPLE_FUNCTIONS: Readonly<Record<string, ValueUnit>> = {
  absent: '1',
  absent_over_time: '1',
  present_over_time: '1',
  count_over_time: '1',
  changes: '1',
  resets: '1',
  timestamp: 'timestamp',
};

/** The type of a call. */
export function inferFunction(syntax: Syntax, inference: Inference): PromqlType {
  const name = childOf(syntax, 'FunctionIdentifier')?.text ?? '';
  const given = expressionsOf(childOf(syntax, 'FunctionCallBody') ?? syntax);
  const types = given.map((argument) => inference.infer(argument));
  const last = types.at(-1) ?? LITERAL;
  const [first = LITERAL] = types;
  if (name === 'time') return { ...LITERAL, unit: 'timestamp' };
  if (name === 'vector') return { ...first, shape: 'vector', labels: new Set() };
  if (name === 'label_replace' || name === 'label_join') return withLabel(first, given[1]);
  if (name === 'histogram_quantile') return inferQuantile(last, inference);
  if (COUNTER_FUNCTIONS.has(name)) return inferGrowth(name, first, inference);
  if (GAUGE_FUNCTIONS.has(name)) {
    if (first.kind === 'counter') inference.report('course-of-counter', `${name}() is for gauges: ${syntax.text}`);
    return { ...first, shape: 'vector', unit: name === 'deriv' ? 'any' : first.unit };
  }
  const presence = SAMPLE_FUNCTIONS[name];
  if (presence !== undefined) return { ...first, shape: 'vector', kind: 'gauge', unit: presence };
  const value = types.find(({ shape }) => shape === 'range' || shape === 'vector') ?? last;
  needGrowth(value, syntax, inference.report);
  return { ...value, shape: 'vector', kind: 'gauge' };
}

function inferGrowth(name: string, of: PromqlType, { report }: Inference): PromqlType {
  if (of.kind !== 'counter' && of.unit !== 'any')
    report('rate-of-gauge', `${name}() is for counters, and this is a gauge.`);
  const per: Readonly<Partial<Record<ValueUnit, ValueUnit>>> = {
    seconds: 'ratio',
    bytes: 'bytes per second',
    '1': '1 per second',
  };
  return { ...of, shape: 'vector', kind: 'gauge', unit: name === 'increase' ? of.unit : (per[of.unit] ?? 'any') };
}

function inferQuantile(of: PromqlType, { report }: Inference): PromqlType {
  if (of.labels !== undefined && !of.labels.has('le'))
    report('quantile-without-le', 'histogram_quantile() needs the label le.');
  if (of.kind === 'counter')
    report('counter-without-rate', 'histogram_quantile() of buckets without rate() is over all time.');
  const labels = of.labels === undefined ? undefined : new Set([...of.labels].filter((label) => label !== 'le'));
  return { shape: 'vector', kind: 'gauge', unit: of.bucketsOf ?? 'any', labels };
}

function withLabel(type: PromqlType, label: Syntax | undefined): PromqlType {
  if (type.labels === undefined || label === undefined) return type;
  return { ...type, labels: new Set([...type.labels, unquote(label.text)]) };
}
