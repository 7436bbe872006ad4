import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import type { Rule, RuleGroup } from '../rule.ts';
import { type BurnPair, burnPairs, countingWindowMs, groupIntervalMs } from './burn-windows.ts';
import { sliRates } from './sli-rates.ts';
import type { Slo } from './slo.ts';

/**
 * What is recorded of objectives. First the events per second of each, then everything else from that alone: a window of three days costs as
 * much as one of a minute. Three rules of arithmetic:
 * - Where nothing happened there is no ratio: a division by nothing gives no sample, and no alert and no budget come of it.
 * - A long window that was not seen whole counts what was not seen as good, at the traffic that was seen. Otherwise the first failures of
 *   a new stack would burn the budget of a month.
 * - While the stack is starting nothing is counted.
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
      rules: [...slos.flatMap((slo) => countingRules(topology, slo)), ...windows('fast'), burnRateNow(topology)],
    },
    { name: 'slo-slow', interval: interval('slow'), rules: [...windows('slow'), ...budgetRules(topology)] },
  ];
}

function countingRules(topology: Topology, slo: Slo): readonly Rule[] {
  const { events, bad } = sliRates(slo.sli, promDuration(countingWindowMs(topology.profile.monitoring)));
  const labels = { slo: slo.id };
  const whileStarted = (expr: string): string => `(${expr})\nunless on () (holdfast:settling == 1)`;
  return [
    { record: 'slo:objective:ratio', expr: `vector(${slo.objective})`, labels },
    { record: 'slo:events:rate', expr: whileStarted(events), labels },
    { record: 'slo:errors:rate', expr: whileStarted(bad), labels },
  ];
}

function windowRules(topology: Topology, { factor, longMs, shortMs }: BurnPair): readonly Rule[] {
  const record = 'slo:error_ratio:window';
  return [
    { record, expr: seenRatio(topology, longMs), labels: { pair: String(factor), span: 'long' } },
    { record, expr: shortRatio(topology, shortMs), labels: { pair: String(factor), span: 'short' } },
  ];
}

function shortRatio(topology: Topology, windowMs: number): string {
  if (windowMs === countingWindowMs(topology.profile.monitoring)) return 'slo:errors:rate / (slo:events:rate > 0)';
  const window = promDuration(windowMs);
  return `sum_over_time(slo:errors:rate[${window}]) / (sum_over_time(slo:events:rate[${window}]) > 0)`;
}

/** The ratio in a window, what was not seen counted as good. */
function seenRatio(topology: Topology, windowMs: number): string {
  const window = promDuration(windowMs);
  const samples = windowMs / topology.profile.monitoring.sloIntervalMs;
  const events = `(avg_over_time(slo:events:rate[${window}]) > 0) * clamp_min(count_over_time(slo:events:rate[${window}]), ${samples})`;
  return `sum_over_time(slo:errors:rate[${window}]) / (${events})`;
}

/** 1 spends the budget exactly in its period. */
function burnRateNow(topology: Topology): Rule {
  const [{ factor } = { factor: 0 }] = burnPairs(topology.profile.monitoring);
  const now = `max by (slo) (slo:error_ratio:window{pair="${factor}",span="short"})`;
  return { record: 'slo:burn_rate:ratio', expr: `${now} / (1 - slo:objective:ratio)` };
}

/** A budget of less than one event is none: with that little traffic nothing is said about it. */
function budgetRules(topology: Topology): readonly Rule[] {
  const { budgetPeriodMs } = topology.profile.monitoring;
  const expected = `avg_over_time(slo:events:rate[${promDuration(budgetPeriodMs)}]) * ${budgetPeriodMs / 1000}`;
  return [
    {
      record: 'slo:error_budget_left:ratio',
      expr: `1 - (${seenRatio(topology, budgetPeriodMs)}) / (1 - slo:objective:ratio)\nand on (slo) (${expected} * (1 - slo:objective:ratio) >= 1)`,
    },
  ];
}
