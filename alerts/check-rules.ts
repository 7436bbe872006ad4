import { checkPromql } from '../exporters/promql/check-promql.ts';
import type { Problem } from '../kit/problem.ts';
import type { Rule } from './render-rules.ts';

/** Everything in the rules that cannot be right, all at once: see {@link checkPromql}. */
export function checkRules(rules: readonly Rule[]): readonly Problem[] {
  const recorded = rules.flatMap((rule) => ('record' in rule ? [rule.record] : []));
  return rules.flatMap((rule) => checkPromql(rule.expr, { at: 'record' in rule ? rule.record : rule.alert, recorded }));
}
