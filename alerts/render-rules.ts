import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { OWN_PROMETHEUS } from '../deploy/model/scrape-jobs.ts';
import type { Topology } from '../deploy/model/topology.ts';
import { type Alert, evaluationMsOf, isSymptomAlert, runbookOf } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { promDuration } from '../kit/prom-duration.ts';
import { anyOf, everythingScraped, somethingScraped } from './promql.ts';
import { redGroup } from './records/red-rules.ts';
import { useGroup } from './records/use-rules.ts';
import type { Rule, RuleGroup } from './rule.ts';
import { sloGroups } from './slo/slo-rules.ts';
import { SLOS } from './slo/slos.ts';

/** While this is 1, the stack is starting, and what is not there yet is no fault. */
const SETTLING = 'holdfast:settling';
/** When everything was scraped and every alert's condition was false, for the last time. */
const WELL = 'holdfast:all_well_timestamp_seconds';

/** The groups of rules of each file of Prometheus. */
export function makeRuleFiles(topology: Topology): Readonly<Record<RuleFile, readonly RuleGroup[]>> {
  const { monitoring } = topology.profile;
  const alertRulesOf = (group: string | undefined): readonly Rule[] =>
    makeAlerts(topology).flatMap((alert) => (alert.group === group ? [alertRule(topology, alert)] : []));
  return {
    'well.yaml': [
      // It costs as much as all alerts together, and nobody needs to know at once that everything is well.
      { name: 'well', interval: promDuration(10 * monitoring.evaluationIntervalMs), rules: [wellRule(topology)] },
    ],
    'rules.yaml': [
      // One group, so that whatever is urgent is judged at the same instant and in this order.
      {
        name: 'holdfast',
        interval: promDuration(monitoring.evaluationIntervalMs),
        rules: [settlingRule(topology), ...alertRulesOf(undefined)],
      },
      {
        name: 'unhurried',
        interval: promDuration(evaluationMsOf({ group: 'unhurried' }, monitoring)),
        rules: alertRulesOf('unhurried'),
      },
    ],
    'background.yaml': [
      {
        name: 'background',
        interval: promDuration(evaluationMsOf({ group: 'background' }, monitoring)),
        rules: alertRulesOf('background'),
      },
    ],
    'slo.yaml': sloGroups(topology, SLOS).map((group) => ({
      ...group,
      rules: [...group.rules, ...alertRulesOf(group.name)],
    })),
    'records.yaml': [redGroup(topology), useGroup(topology)],
  };
}

/** A file with one group without rules, named by the hash of all others: each Prometheus exposes the names of its groups, so a rule can compare them. */
export function renderRuleSet(files: Readonly<Record<RuleFile, readonly RuleGroup[]>>): string {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
  return stringify({ groups: [{ name: `rules-${hash}`, rules: [] }] });
}

/** `well.yaml` and `background.yaml` are files of their own because each case of an alert pays for all rules of its file. */
export type RuleFile = 'well.yaml' | 'rules.yaml' | 'background.yaml' | 'slo.yaml' | 'records.yaml';

/** A file of rules as Prometheus reads it. */
export function renderRules(groups: readonly RuleGroup[]): string {
  return stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The names of everything that is recorded, once each. */
export function recordedNames(topology: Topology): readonly string[] {
  const rules = Object.values(makeRuleFiles(topology)).flatMap((groups) => groups.flatMap((group) => group.rules));
  return [...new Set(rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])))];
}

/** Everything that rules ask of the metrics. */
export function ruleExpressions(topology: Topology): readonly string[] {
  return Object.values(makeRuleFiles(topology)).flatMap((groups) =>
    groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  );
}

/** Notes when everything was well, but for what the stack lives with for a while. */
function wellRule(topology: Topology): Rule {
  const faults = makeAlerts(topology)
    .filter((alert) => isGated(alert) && alert.isTolerated !== true)
    .map((alert) => `(${alert.expr})`);
  return {
    record: WELL,
    expr: `vector(time())\nand on () (${everythingScraped(topology)})\nunless on () (\n${faults.join('\nor\n')}\n)`,
  };
}

/**
 * A starting stack is not a broken one: for `startupGraceMs` after Prometheus itself was started the alerts wait, unless everything has been
 * well once since the stack began. A Prometheus that was started in a stack that runs waits for nothing: half of the other hosts booted
 * well before it. Half of them, because no host's own fate may decide it.
 * Before the first scrape the alerts wait as well (Prometheus finds its targets some seconds after its start, and may have samples
 * from before it): then the watchdog is silent, which the notifiers report. Were these records missing, nothing would be waited for.
 */
function settlingRule(topology: Topology): Rule {
  const { startupGraceMs } = topology.profile.monitoring;
  const settleS = startupGraceMs / 1000;
  const started = `max(process_start_time_seconds{job="prometheus",instance="${OWN_PROMETHEUS}"})`;
  const boots = 'node_boot_time_seconds{tier!="monitor"}';
  // Where the whole stack was started again, what is on disk from before that says that it is old.
  const booted = `quantile(0.5, ${boots} and timestamp(${boots}) > on () group_left () ${started})`;
  const begun = `((${booted} < on () ${started}) or on () ${started})`;
  return {
    record: SETTLING,
    expr: anyOf(
      [
        `vector(1) and on () (time() - ${started} < ${settleS})`,
        `unless on () (${started} - on () ${booted} > ${settleS})`,
        `unless on () (max_over_time(${WELL}[${promDuration(2 * startupGraceMs)}]) > on () ${begun})`,
      ].join('\n'),
      `vector(1) unless on () (${somethingScraped(topology)})`,
    ),
  };
}

/** Objectives count nothing while the stack is starting, and what they counted before stays true. */
function isGated(alert: Alert): boolean {
  return alert.name !== 'Watchdog' && isSymptomAlert(alert);
}

function alertRule(topology: Topology, alert: Alert): Rule {
  return {
    alert: alert.name,
    expr: isGated(alert) ? `(${alert.expr})\nunless on () (${SETTLING} == 1)` : alert.expr,
    for: promDuration(alert.forMs(topology.profile.monitoring)),
    labels: ruleLabels(alert),
    annotations: { summary: alert.summary, description: alert.description, runbook: runbookOf(alert.name) },
  };
}

/** What every alert of a rule carries besides the labels of its expression. */
export function ruleLabels(alert: Alert): Readonly<Record<string, string>> {
  return { severity: alert.severity, owner: alert.owner, domain: alert.domain };
}
