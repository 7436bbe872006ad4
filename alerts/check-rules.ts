import { RECORDED } from '../exporters/catalog/recorded.ts';
import type { Metric } from '../exporters/catalog/metric.ts';
import { checkPromql, inferPromql } from '../exporters/promql/check-promql.ts';
import type { Problem } from '../kit/problem.ts';
import type { Rule } from './rule.ts';

/** Returns all problems of the rules: those of {@link checkPromql}, and differences between recorded series and the catalogue. */
export function checkRules(
  rules: readonly Rule[],
  recorded: Readonly<Record<string, Metric>> = RECORDED,
): readonly Problem[] {
  return [
    ...rules.flatMap((rule) => checkPromql(rule.expr, { at: 'record' in rule ? rule.record : rule.alert })),
    ...rules.flatMap((rule) => ('record' in rule ? checkRecord(rule, recorded[rule.record]) : [])),
    ...Object.keys(recorded)
      .filter((name) => !rules.some((rule) => 'record' in rule && rule.record === name))
      .map((name) => problem('not-recorded', `${name} is in the catalogue, but no rule records it.`, name)),
  ];
}

function checkRecord(
  { record, expr, labels: added = {} }: Extract<Rule, { readonly record: string }>,
  known: Metric | undefined,
): readonly Problem[] {
  if (known === undefined)
    return [problem('unknown-record', `${record} is not in exporters/catalog/recorded.ts.`, record)];
  const { unit, labels: found } = inferPromql(expr);
  const labels = found === undefined ? undefined : [...new Set([...found, ...Object.keys(added)])].toSorted();
  const wanted = Object.keys(known.labels).toSorted();
  const unknownValues = Object.entries(added).filter(([label, value]) => {
    const values = known.labels[label];
    return values !== undefined && 'length' in values && !values.includes(value);
  });
  return [
    ...(unit === 'any' || unit === known.unit
      ? []
      : [problem('unit', `${record} is recorded in ${unit}, and the catalogue says ${known.unit}.`, record)]),
    ...(labels === undefined || labels.join() === wanted.join()
      ? []
      : [
          problem(
            'labels',
            `${record} is recorded with the labels ${labels.join(', ') || '(none)'}, and the catalogue says ${wanted.join(', ') || '(none)'}.`,
            record,
          ),
        ]),
    ...unknownValues.map(([label, value]) =>
      problem(
        'unknown-value',
        `${record} is recorded with ${label}="${value}", which the catalogue does not know.`,
        record,
      ),
    ),
  ];
}

function problem(code: string, summary: string, at: string): Problem {
  return { code, severity: 'error', summary, at };
}
