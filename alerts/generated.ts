import type { Topology } from '../deploy/model/topology.ts';
import { HoldfastError } from '../kit/errors.ts';
import { renderProblems } from '../kit/problem.ts';
import { INHIBITIONS } from '../deploy/tiers/monitor/inhibitions.ts';
import { checkInhibitions } from './check-inhibitions.ts';
import { checkTiming } from './check-timing.ts';
import { checkRules } from './check-rules.ts';
import { renderPlots } from './render-plots.ts';
import { renderRuleTests } from './render-tests.ts';
import { makeRuleFiles, renderRules, renderRuleSet, type RuleFile } from './render-rules.ts';
import type { RuleGroup } from './rule.ts';
import { checkSlos } from './slo/check-slos.ts';
import { SLOS } from './slo/slos.ts';

/** The committed files of this module: path from the root of the checkout → text. Throws `invalid-topology` with all problems of the rules. */
export function renderAlertFiles(topology: Topology): ReadonlyMap<string, string> {
  const files = Object.entries(makeRuleFiles(topology)) as readonly (readonly [RuleFile, readonly RuleGroup[]])[];
  const problems = [
    ...checkInhibitions(INHIBITIONS),
    ...checkSlos(SLOS, topology.profile.monitoring),
    ...checkTiming(
      files.flatMap(([, groups]) => groups),
      topology.profile.monitoring,
    ),
    ...checkRules(files.flatMap(([, groups]) => groups.flatMap(({ rules }) => rules))),
  ];
  if (problems.length > 0) throw new HoldfastError('invalid-topology', renderProblems(problems));
  return new Map([
    ...files.flatMap(([file, groups]): readonly (readonly [string, string])[] => [
      [`alerts/generated/${file}`, renderRules(groups)],
      [`alerts/generated/${file.replace('.yaml', '.test.yaml')}`, renderRuleTests(topology, file)],
    ]),
    ['alerts/generated/set.yaml', renderRuleSet(makeRuleFiles(topology))],
    ['alerts/generated/plots.json', renderPlots(topology)],
  ]);
}
