import { stringify } from 'yaml';
import type { Topology } from '../deploy/topology.ts';
import { type Alert, runbookOf } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { promDuration } from '../kit/prom-duration.ts';
import { anyOf, everythingScraped, somethingScraped } from './promql.ts';

/** While this is 1, the stack is starting, and what is not there yet is no fault. */
const SETTLING = 'holdfast:settling';
/** When everything was scraped and every alert's condition was false, for the last time. */
const WELL = 'holdfast:all_well_timestamp_seconds';

/** `rules.yaml` of Prometheus: one group, so that everything is judged at the same instant and in this order. */
export function renderRules(topology: Topology): string {
  const group = {
    name: 'holdfast',
    interval: promDuration(topology.profile.watch.evaluationIntervalMs),
    rules: makeRules(topology),
  };
  return stringify({ groups: [group] }, { lineWidth: 0 });
}

/** A rule as Prometheus reads it. */
export type Rule =
  | { readonly record: string; readonly expr: string }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

/** All rules of a topology, in the order in which they are evaluated. */
export function makeRules(topology: Topology): readonly Rule[] {
  const alerts = makeAlerts(topology);
  return [...settlingRules(topology, alerts), ...alerts.map((alert) => alertRule(topology, alert))];
}

/**
 * A starting stack is not a broken one: for `settleMs` after Prometheus itself was started the alerts wait, unless everything has been
 * well once since then. Before the first scrape they wait as well (Prometheus finds its targets some seconds after its start, and
 * may have samples of an earlier life): then the watchdog is silent, which the notifiers report. Were these records missing,
 * nothing would be waited for.
 */
function settlingRules(topology: Topology, alerts: readonly Alert[]): readonly Rule[] {
  const { settleMs } = topology.profile.watch;
  const faults = alerts.filter(isGated).map((alert) => `(${alert.expr})`);
  const started = 'max(process_start_time_seconds{job="self"})';
  return [
    {
      record: WELL,
      expr: `vector(time())\nand on () (${everythingScraped(topology)})\nunless on () (\n${faults.join('\nor\n')}\n)`,
    },
    {
      record: SETTLING,
      expr: anyOf(
        `vector(1) and on () (time() - ${started} < ${settleMs / 1000})\nunless on () (max_over_time(${WELL}[${promDuration(2 * settleMs)}]) > on () ${started})`,
        `vector(1) unless on () (${somethingScraped(topology)})`,
      ),
    },
  ];
}

function isGated(alert: Alert): boolean {
  return alert.name !== 'Watchdog';
}

function alertRule(topology: Topology, alert: Alert): Rule {
  return {
    alert: alert.name,
    expr: isGated(alert) ? `(${alert.expr})\nunless on () (${SETTLING} == 1)` : alert.expr,
    for: promDuration(alert.forMs(topology.profile.watch)),
    labels: ruleLabels(alert),
    annotations: { summary: alert.summary, description: alert.description, runbook: runbookOf(alert.name) },
  };
}

/** What every alert of a rule carries besides the labels of its expression. */
export function ruleLabels(alert: Alert): Readonly<Record<string, string>> {
  return { severity: alert.severity, owner: alert.owner, domain: alert.domain };
}
