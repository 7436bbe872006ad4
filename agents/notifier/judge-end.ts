import type { PrometheusAlert, PrometheusAlertRule } from '../../kit/prometheus.ts';
import { cleanLabels, type NotifiedAlert } from './notification.ts';

/** The state of one Prometheus and of its rules for some alerts. */
export interface PrometheusView {
  readonly startedAtMs: number;
  /** Its alerts are suppressed during the startup grace period. */
  readonly isStarting: boolean;
  readonly rules: readonly PrometheusAlertRule[];
}

/** Whether an alert has ended. `unknown`: no Prometheus can evaluate it now. */
export type EndJudgement = 'ended' | 'active' | 'unknown';

/** Fires as long as a Prometheus scrapes any target. */
export const WATCHDOG = 'Watchdog';

/** A rule is stale after this many evaluation intervals; one evaluation may be late. */
const FRESH_INTERVALS = 3;

/**
 * Alertmanager resolves an alert when Prometheus resolves it, and also when no Prometheus has sent it for some seconds, because all
 * are down or just started. Its notification does not distinguish these cases. So an end needs confirmation: one Prometheus must
 * evaluate the rule on fresh data without the alert, and no other may have the alert. A pending alert counts as active, because
 * its condition may still be true. A Prometheus without the rule may have an older rule set. It confirms an end only if all
 * respond and none has the rule.
 */
export function judgeEnd(
  alert: Pick<NotifiedAlert, 'name' | 'labels'>,
  views: readonly (PrometheusView | undefined)[],
  context: { readonly nowMs: number; readonly warmUpMs: number },
): EndJudgement {
  if (activeIn(alert, views).length > 0) return 'active';
  const isRemoved = views.every((view) => view !== undefined && rulesOf(alert, view).length === 0);
  const isConfirmed = views.some((view) => {
    if (view === undefined || !isMonitoring(view, context)) return false;
    const rules = rulesOf(alert, view);
    return rules.length === 0 ? isRemoved : rules.every((rule) => isWarm(rule, view, context));
  });
  return isConfirmed ? 'ended' : 'unknown';
}

type JudgeContext = Parameters<typeof judgeEnd>[2];

/** The alert as each Prometheus has it, pending or firing. */
export function activeIn(
  alert: Pick<NotifiedAlert, 'name' | 'labels'>,
  views: readonly (PrometheusView | undefined)[],
): readonly PrometheusAlert[] {
  const labels = textOf(alert.labels);
  return views
    .flatMap((view) => (view === undefined ? [] : rulesOf(alert, view)))
    .flatMap(({ active }) => active.filter((one) => textOf(cleanLabels(one.labels)) === labels));
}

function rulesOf({ name }: Pick<NotifiedAlert, 'name'>, { rules }: PrometheusView): readonly PrometheusAlertRule[] {
  return rules.filter((rule) => rule.name === name);
}

/** Whether it scrapes targets and evaluates rules, and has done so for long enough. */
function isMonitoring(view: PrometheusView, context: JudgeContext): boolean {
  const watchdog = view.rules.filter(({ name, active }) => name === WATCHDOG && active.length > 0);
  return !view.isStarting && watchdog.some((rule) => isWarm(rule, view, context));
}

/** Whether the last evaluation of a rule is recent, and long enough after the start that everything was scraped twice. */
function isWarm(
  rule: PrometheusAlertRule,
  { startedAtMs }: PrometheusView,
  { nowMs, warmUpMs }: JudgeContext,
): boolean {
  const isFresh = nowMs - rule.evaluatedAtMs <= FRESH_INTERVALS * rule.intervalMs;
  return rule.isHealthy && isFresh && rule.evaluatedAtMs - startedAtMs >= warmUpMs;
}

function textOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
