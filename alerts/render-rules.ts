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

/** 1 during the startup grace period, when missing targets are not a fault. */
const STARTING = 'holdfast:startup_grace';
/** Last time when everything was scraped and no alert condition was true. */
const LAST_HEALTHY = 'holdfast:last_healthy_timestamp_seconds';

/** Rule groups by rule file. */
export function makeRuleFiles(topology: Topology): Readonly<Record<RuleFile, readonly RuleGroup[]>> {
  const { monitoring } = topology.profile;
  const alertRulesOf = (group: string | undefined): readonly Rule[] =>
    makeAlerts(topology).flatMap((alert) => (alert.group === group ? [alertRule(topology, alert)] : []));
  return {
    'healthy.yaml': [
      // Evaluated less often: it costs as much as all alerts together, and its value may be slightly old.
      { name: 'healthy', interval: promDuration(10 * monitoring.evaluationIntervalMs), rules: [healthyRule(topology)] },
    ],
    'rules.yaml': [
      // One group, so that all urgent alerts are evaluated for the same time and in this order.
      {
        name: 'holdfast',
        interval: promDuration(monitoring.evaluationIntervalMs),
        rules: [startingRule(topology), ...alertRulesOf(undefined)],
      },
      {
        name: 'low-priority',
        interval: promDuration(evaluationMsOf({ group: 'low-priority' }, monitoring)),
        rules: alertRulesOf('low-priority'),
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

/** A file with one empty group, named by the hash of all rules: each Prometheus exposes the names of its groups, so that a rule can compare them. */
export function renderRuleSet(files: Readonly<Record<RuleFile, readonly RuleGroup[]>>): string {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
  return stringify({ groups: [{ name: `rules-${hash}`, rules: [] }] });
}

/** `healthy.yaml` and `background.yaml` are separate files, because each test case of an alert evaluates all rules of its file. */
export type RuleFile = 'healthy.yaml' | 'rules.yaml' | 'background.yaml' | 'slo.yaml' | 'records.yaml';

/** Renders a rule file for Prometheus. */
export function renderRules(groups: readonly RuleGroup[]): string {
  return stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Names of all recorded series, without duplicates. */
export function recordedNames(topology: Topology): readonly string[] {
  const rules = Object.values(makeRuleFiles(topology)).flatMap((groups) => groups.flatMap((group) => group.rules));
  return [...new Set(rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])))];
}

/** Expressions of all rules. */
export function ruleExpressions(topology: Topology): readonly string[] {
  return Object.values(makeRuleFiles(topology)).flatMap((groups) =>
    groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  );
}

/** Records the last time when no alert condition was true, except for low-urgency alerts. */
function healthyRule(topology: Topology): Rule {
  const faults = makeAlerts(topology)
    .filter((alert) => isGated(alert) && alert.isLowUrgency !== true)
    .map((alert) => `(${alert.expr})`);
  return {
    record: LAST_HEALTHY,
    expr: `vector(time())\nand on () (${everythingScraped(topology)})\nunless on () (\n${faults.join('\nor\n')}\n)`,
  };
}

/**
 * Startup grace period: for `startupGraceMs` after the start of Prometheus no symptom alert fires, unless the stack was healthy once since its
 * start. A Prometheus that restarts in a running stack has no grace period: half of the other hosts booted long before it. Half of them is the
 * criterion, so that no single host decides.
 * Before the first scrape no symptom alert fires either: Prometheus discovers its targets some seconds after its start, and may have samples from
 * before it. The watchdog does not fire then, which the notifiers report. If this record is missing, there is no grace period.
 */
function startingRule(topology: Topology): Rule {
  const { startupGraceMs } = topology.profile.monitoring;
  const startupGraceS = startupGraceMs / 1000;
  const started = `max(process_start_time_seconds{job="prometheus",instance="${OWN_PROMETHEUS}"})`;
  const boots = 'node_boot_time_seconds{tier!="monitor"}';
  // Only samples newer than the start of Prometheus count: after a restart of the whole stack, older ones on disk have old boot times.
  const booted = `quantile(0.5, ${boots} and timestamp(${boots}) > on () group_left () ${started})`;
  const stackStarted = `((${booted} < on () ${started}) or on () ${started})`;
  return {
    record: STARTING,
    expr: anyOf(
      [
        `vector(1) and on () (time() - ${started} < ${startupGraceS})`,
        `unless on () (${started} - on () ${booted} > ${startupGraceS})`,
        `unless on () (max_over_time(${LAST_HEALTHY}[${promDuration(2 * startupGraceMs)}]) > on () ${stackStarted})`,
      ].join('\n'),
      `vector(1) unless on () (${somethingScraped(topology)})`,
    ),
  };
}

/** SLO alerts are not gated: SLOs count no events during the startup grace period, and earlier counts remain valid. */
function isGated(alert: Alert): boolean {
  return alert.name !== 'Watchdog' && isSymptomAlert(alert);
}

function alertRule(topology: Topology, alert: Alert): Rule {
  return {
    alert: alert.name,
    expr: isGated(alert) ? `(${alert.expr})\nunless on () (${STARTING} == 1)` : alert.expr,
    for: promDuration(alert.forMs(topology.profile.monitoring)),
    labels: ruleLabels(alert),
    annotations: { summary: alert.summary, description: alert.description, runbook: runbookOf(alert.name) },
  };
}

/** Labels of every alert of a rule, in addition to those of its expression. */
export function ruleLabels(alert: Alert): Readonly<Record<string, string>> {
  return { severity: alert.severity, owner: alert.owner, domain: alert.domain };
}
