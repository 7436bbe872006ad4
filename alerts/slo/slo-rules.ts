import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Rule, RuleGroup } from '../rule.ts';
import { type BurnPair, burnPairs, countingWindowMs, groupIntervalMs } from './burn-windows.ts';
import { sliRates } from './sli-rates.ts';
import type { Slo } from './slo.ts';

/**
 * Recording rules of SLOs. First the events per second of each SLO, then everything else from these records alone, so that a window of three days
 * costs as much as one of a minute. Three rules apply:
 * - Without events there is no ratio: a division by zero yields no sample, so neither an alert nor a budget.
 * - In a long window with gaps in monitoring, the gaps count as good, at the observed traffic. Otherwise the first failures of a new stack would
 *   burn the budget of a month.
 * - During the startup grace period nothing is counted.
 */
export function sloGroups(topology: Topology, slos: readonly Slo[]): readonly RuleGroup[] {
  const { monitoring } = topology.profile;
  const pairs = burnPairs(monitoring);
  const windows = (urgency: BurnPair['urgency']): readonly Rule[] =>
    pairs.filter((pair) => pair.urgency === urgency).flatMap((pair) => windowRules(topology, pair));
  const interval = (urgency: BurnPair['urgency']): string => promDuration(groupIntervalMs(monitoring, urgency));
  return [
    {
      name: 'slo-fast',
      interval: interval('fast'),
      rules: [...slos.flatMap((slo) => countingRules(topology, slo)), ...windows('fast'), currentBurnRate(topology)],
    },
    { name: 'slo-slow', interval: interval('slow'), rules: [...windows('slow'), ...budgetRules(topology)] },
  ];
}

function countingRules(topology: Topology, slo: Slo): readonly Rule[] {
  const { events, bad } = sliRates(slo.sli, promDuration(countingWindowMs(topology.profile.monitoring)));
  const labels = { slo: slo.id };
  const unlessStarting = (expr: string): string => `(${expr})\nunless on () (holdfast:startup_grace == 1)`;
  return [
    { record: 'slo:objective:ratio', expr: `vector(${slo.objective})`, labels },
    { record: 'slo:events:rate', expr: unlessStarting(events), labels },
    { record: 'slo:errors:rate', expr: unlessStarting(bad), labels },
  ];
}

function windowRules(topology: Topology, { factor, longMs, shortMs }: BurnPair): readonly Rule[] {
  const record = 'slo:error_ratio:window';
  return [
    { record, expr: observedRatio(topology, longMs), labels: { pair: String(factor), span: 'long' } },
    { record, expr: shortRatio(topology, shortMs), labels: { pair: String(factor), span: 'short' } },
  ];
}

function shortRatio(topology: Topology, windowMs: number): string {
  if (windowMs === countingWindowMs(topology.profile.monitoring)) return 'slo:errors:rate / (slo:events:rate > 0)';
  const window = promDuration(windowMs);
  return `sum_over_time(slo:errors:rate[${window}]) / (sum_over_time(slo:events:rate[${window}]) > 0)`;
}

/** Error ratio in a window; gaps in monitoring count as good. */
function observedRatio(topology: Topology, windowMs: number): string {
  const window = promDuration(windowMs);
  const samples = windowMs / topology.profile.monitoring.sloIntervalMs;
  const events = `(avg_over_time(slo:events:rate[${window}]) > 0) * clamp_min(count_over_time(slo:events:rate[${window}]), ${samples})`;
  return `sum_over_time(slo:errors:rate[${window}]) / (${events})`;
}

/** Current burn rate; 1 spends the budget exactly in its period. */
function currentBurnRate(topology: Topology): Rule {
  const [{ factor } = { factor: 0 }] = burnPairs(topology.profile.monitoring);
  const now = `max by (slo) (slo:error_ratio:window{pair="${factor}",span="short"})`;
  return { record: 'slo:burn_rate:ratio', expr: `${now} / (1 - slo:objective:ratio)` };
}

/** Remaining error budget; absent if the budget is less than one event, because the traffic is too low for a statement. */
function budgetRules(topology: Topology): readonly Rule[] {
  const { budgetPeriodMs } = topology.profile.monitoring;
  const expected = `avg_over_time(slo:events:rate[${promDuration(budgetPeriodMs)}]) * ${budgetPeriodMs / 1000}`;
  return [
    {
      record: 'slo:error_budget_left:ratio',
      expr: `1 - (${observedRatio(topology, budgetPeriodMs)}) / (1 - slo:objective:ratio)\nand on (slo) (${expected} * (1 - slo:objective:ratio) >= 1)`,
    },
  ];
}
