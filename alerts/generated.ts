import type { Topology } from '../deploy/topology.ts';
import { HoldfastError } from '../kit/errors.ts';
import { renderProblems } from '../kit/problem.ts';
import { checkRules } from './check-rules.ts';
import { renderPlots } from './render-plots.ts';
import { renderRuleTests } from './render-tests.ts';
import { makeRules, renderRules } from './render-rules.ts';

/** The tracked files of this room: path from the root of the checkout → text. Throws `invalid-topology` with all that is wrong in the rules. */
export function renderAlertFiles(topology: Topology): ReadonlyMap<string, string> {
  const problems = checkRules(makeRules(topology));
  if (problems.length > 0) throw new HoldfastError('invalid-topology', renderProblems(problems));
  return new Map([
    ['alerts/generated/rules.yaml', renderRules(topology)],
    ['alerts/generated/rules.test.yaml', renderRuleTests(topology)],
    ['alerts/generated/plots.json', renderPlots(topology)],
  ]);
}
