import type { Problem } from '../../kit/problem.ts';
import { seriesOf, type Series } from '../catalog/catalog.ts';
import { inferType } from './infer-type.ts';
import { needGrowth } from './inference.ts';
import type { PromqlType } from './promql-type.ts';
import { findAll, parsePromql } from './syntax.ts';

interface CheckOptions {
  /** Where the expression stands, for the reader. */
  readonly at: string;
  /** Names that are no metrics of a target: `ALERTS`, and what recording rules make. */
  readonly recorded?: readonly string[];
  readonly series?: ReadonlyMap<string, Series>;
}

/** Series that Prometheus makes of alerting rules. */
const MADE_BY_RULES = ['ALERTS', 'ALERTS_FOR_STATE'];

/**
 * Everything about a PromQL expression that cannot be right, whatever the samples are: syntax, metrics and labels that nobody exposes, values
 * that a label never has, counters by their value, growth of gauges, quantiles without buckets, units that do not go together.
 */
export function checkPromql(
  text: string,
  { at, recorded = [], series = seriesOf() }: CheckOptions,
): readonly Problem[] {
  const syntax = parsePromql(text);
  const [broken] = findAll(syntax, '⚠');
  if (broken !== undefined) {
    return [{ code: 'syntax', severity: 'error', summary: `This is not PromQL: ${text.slice(0, 100)}`, at }];
  }
  const problems: Problem[] = [];
  const inference = {
    series,
    opaque: new Set([...MADE_BY_RULES, ...recorded]),
    report: (code: string, summary: string): void => {
      problems.push({ code, severity: 'error', summary, at });
    },
  };
  needGrowth(inferType(syntax, inference), syntax, inference.report);
  return problems;
}

/** What an expression gives, as far as that can be told without evaluating it. */
export function inferPromql(text: string, series = seriesOf()): PromqlType {
  const report = (): undefined => undefined;
  return inferType(parsePromql(text), { series, opaque: new Set(MADE_BY_RULES), report });
}

/** The names of all series that an expression reads. */
export function seriesIn(text: string): ReadonlySet<string> {
  return new Set(
    findAll(parsePromql(text), 'VectorSelector').flatMap((selector) =>
      selector.children.filter(({ name }) => name === 'Identifier').map(({ text: name }) => name),
    ),
  );
}
