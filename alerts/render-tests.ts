import { stringify } from 'yaml';
import type { Topology } from '../deploy/model/topology.ts';
import { type AlertCase, type Counting, type Samples, SELF, type Series, STEP_S } from './alert-case.ts';
import { type Alert, isSymptomAlert, runbookOf } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { expand } from './expand.ts';
import { RECORD_CASES, type RecordCase } from './records/record-cases.ts';
import { ruleLabels, type RuleFile } from './render-rules.ts';
import { STARTING_CASES, startingSubject } from './starting-cases.ts';

/** Renders a test file for `promtool test rules`: every case of every alert of a rule file. */
export function renderRuleTests(topology: Topology, file: RuleFile): string {
  const alerts = makeAlerts(topology).filter((alert) => fileOf(alert) === file);
  const stepS = file === 'slo.yaml' ? topology.profile.monitoring.sloIntervalMs / 1000 : STEP_S;
  const tests = alerts.flatMap((alert) => alert.cases.map((one) => renderCase(alert, one, stepS)));
  return stringify(
    {
      rule_files: file === 'healthy.yaml' ? [file, 'rules.yaml'] : [file],
      evaluation_interval: `${stepS}s`,
      tests: [
        ...tests,
        ...(file === 'healthy.yaml' ? renderStarting(makeAlerts(topology)) : []),
        ...(file === 'records.yaml' ? RECORD_CASES.map((one) => renderRecordCase(one, stepS)) : []),
      ],
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

function fileOf(alert: Alert): RuleFile {
  if (alert.group === 'background') return 'background.yaml';
  return isSymptomAlert(alert) ? 'rules.yaml' : 'slo.yaml';
}

/** Rates of example counters differ by rounding errors. */
const ROUND = 0.0001;

function renderRecordCase({ title, series, atS, values }: RecordCase, stepS: number): object {
  return {
    name: title,
    interval: `${stepS}s`,
    input_series: renderSeries(series, stepS),
    promql_expr_test: Object.entries(values).map(([selector, value]) => ({
      expr: `max(round(${selector}, ${ROUND}))`,
      eval_time: `${atS}s`,
      exp_samples: value === undefined ? [] : [{ labels: '{}', value }],
    })),
  };
}

function renderSeries(series: Series, stepS: number): readonly object[] {
  return Object.entries(series).map(([name, samples]) => ({
    series: name,
    values: 'stretches' in samples ? growthOf(samples, stepS) : valuesOf(samples),
  }));
}

function renderStarting(alerts: readonly Alert[]): readonly object[] {
  const subject = startingSubject(alerts);
  return STARTING_CASES.map((one) => renderCase(subject, one, STEP_S));
}

function renderCase(alert: Alert, one: AlertCase, stepS: number): object {
  const firing = `count(ALERTS{alertname="${alert.name}",alertstate="firing"}) or vector(0)`;
  const values = [
    ...(one.firing ?? []).map(({ atS, count }) => ({ atS, expr: firing, value: count })),
    ...(one.values ?? []),
  ];
  return {
    name: `${alert.name} ${VERBS[one.kind]}: ${one.title}`,
    interval: `${stepS}s`,
    input_series: renderSeries({ ...SELF, ...one.series }, stepS),
    alert_rule_test: one.expect.map(({ atS, alerts }) => ({
      eval_time: `${atS}s`,
      alertname: alert.name,
      exp_alerts: alerts.map((expected) => ({
        exp_labels: { ...ruleLabels(alert), ...expected.labels },
        exp_annotations: {
          summary: expand(alert.summary, expected),
          description: expand(alert.description, expected),
          runbook: runbookOf(alert.name),
        },
      })),
    })),
    ...(values.length === 0
      ? {}
      : {
          promql_expr_test: values.map(({ atS, expr, value }) => ({
            expr,
            eval_time: `${atS}s`,
            exp_samples: [{ labels: '{}', value }],
          })),
        }),
  };
}

/** promtool's notation of linear growth: `1+2x3` is 1 3 5 7. */
function growthOf({ stretches }: Counting, stepS: number): string {
  let value = 0;
  return stretches
    .map(({ perSecond, seconds, from }) => {
      const step = Number((perSecond * stepS).toPrecision(12));
      const steps = Math.round(seconds / stepS);
      const first = from ?? value + step;
      value = first + step * (steps - 1);
      return `${first}${step < 0 ? '-' : '+'}${Math.abs(step)}x${steps - 1}`;
    })
    .join(' ');
}

const VERBS = { fires: 'fires', quiet: 'stays quiet', absent: 'without its metrics', resolves: 'resolves' } as const;

/**
 * promtool's notation: values separated by spaces. The series of a target that can no longer be scraped become stale; with `_` alone the last
 * value would stay visible for five minutes.
 */
function valuesOf(samples: Samples): string {
  return samples
    .flatMap(([value, seconds]) => {
      const steps = Math.round(seconds / STEP_S);
      if (value === 'missing') return repeated('_', steps);
      return value === null ? ['stale', ...repeated('_', steps - 1)] : repeated(String(value), steps);
    })
    .join(' ');
}

/** `1x9` is 1, ten times. */
function repeated(text: string, times: number): readonly string[] {
  if (times <= 0) return [];
  return [times === 1 ? text : `${text}x${times - 1}`];
}
