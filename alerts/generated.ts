import type { Topology } from '../deploy/topology.ts';
import { renderRuleTests } from './render-tests.ts';
import { renderRules } from './render-rules.ts';

/** The tracked files of this room: path from the root of the checkout → text. */
export function renderAlertFiles(topology: Topology): ReadonlyMap<string, string> {
  return new Map([
    ['alerts/generated/rules.yaml', renderRules(topology)],
    ['alerts/generated/rules.test.yaml', renderRuleTests(topology)],
  ]);
}
