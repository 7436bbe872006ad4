import { stringify } from 'yaml';
import type { Topology } from '../deploy/topology.ts';
import { type AlertCase, type Course, SELF, STEP_S } from './alert-case.ts';
import { type Alert, runbookOf } from './alert.ts';
import { makeAlerts } from './alerts.ts';
import { expand } from './expand.ts';
import { ruleLabels } from './render-rules.ts';
import { STARTING_CASES, startingSubject } from './starting-cases.ts';

/** `rules.test.yaml`: every case of every alert, for `promtool test rules`. */
export function renderRuleTests(topology: Topology): string {
  const alerts = makeAlerts(topology);
  const tests = alerts.flatMap((alert) => alert.cases.map((one) => renderCase(alert, one)));
  const subject = startingSubject(alerts);
  return stringify(
    {
      rule_files: ['rules.yaml'],
      evaluation_interval: `${STEP_S}s`,
      tests: [...tests, ...STARTING_CASES.map((one) => renderCase(subject, one))],
    },
    { lineWidth: 0 },
  );
}

function renderCase(alert: Alert, one: AlertCase): object {
  return {
    name: `${alert.name} ${VERBS[one.kind]}: ${one.title}`,
    interval: `${STEP_S}s`,
    input_series: Object.entries({ ...SELF, ...one.series }).map(([series, course]) => ({
      series,
      values: valuesOf(course),
    })),
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
  };
}

const VERBS = { fires: 'fires', quiet: 'stays quiet', absent: 'without its metrics', resolves: 'resolves' } as const;

/**
 * promtool's notation: values with spaces between them. A target that cannot be scraped any more makes its series stale; `_` alone
 * would leave the last value to be seen for five minutes.
 */
function valuesOf(course: Course): string {
  return course
    .flatMap(([value, seconds]) => {
      const steps = Math.round(seconds / STEP_S);
      return value === null ? ['stale', ...repeated('_', steps - 1)] : repeated(String(value), steps);
    })
    .join(' ');
}

/** `1x9` is ten times 1. */
function repeated(text: string, times: number): readonly string[] {
  if (times <= 0) return [];
  return [times === 1 ? text : `${text}x${times - 1}`];
}
