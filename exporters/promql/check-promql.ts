import type { Problem } from '../../kit/problem.ts';
import { seriesOf, type Series } from '../catalog/catalog.ts';
import { inferType } from './infer-type.ts';
import { needGrowth } from './inference.ts';
import type { PromqlType } from './promql-type.ts';
import { findAll, parsePromql } from './syntax.ts';

interface CheckOptions {
  /** Location of the expression, for the problem. */
  readonly at: string;
  /** Names of recorded series that are not in the catalogue. */
  readonly recorded?: readonly string[];
  readonly series?: ReadonlyMap<string, Series>;
}

/** Series that Prometheus generates from alerting rules. */
const MADE_BY_RULES = ['ALERTS', 'ALERTS_FOR_STATE'];

/**
 * Checks a PromQL expression without samples and returns all problems. Problems are syntax errors, unknown metrics and labels, impossible
 * label values, counters without rate(), rates of gauges, quantiles without `le`, and unit mismatches.
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

/** Infers the type of an expression's result without evaluating it. */
export function inferPromql(text: string, series = seriesOf()): PromqlType {
  const report = (): undefined => undefined;
  return inferType(parsePromql(text), { series, opaque: new Set(MADE_BY_RULES), report });
}

/** Names of all series that an expression reads. */
export function seriesIn(text: string): ReadonlySet<string> {
  return new Set(
    findAll(parsePromql(text), 'VectorSelector').flatMap((selector) =>
      selector.children.filter(({ name }) => name === 'Identifier').map(({ text: name }) => name),
    ),
  );
}
