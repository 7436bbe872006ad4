import type { PrometheusAlert, PrometheusAlertRule } from '../../kit/prometheus.ts';
import { cleanLabels, type NotifiedAlert } from './notification.ts';

/** What one Prometheus says of itself and of the rules of some alerts. */
export interface PrometheusView {
  readonly startedAtMs: number;
  /** Its alerts wait, because the stack is starting. */
  readonly isSettling: boolean;
  readonly rules: readonly PrometheusAlertRule[];
}

/** Whether an alert is over. `unknown`: no Prometheus can say it now. */
export type EndJudgement = 'ended' | 'active' | 'unknown';

/** Fires as long as a Prometheus scrapes anything. */
export const WATCHDOG = 'Watchdog';

/** Between two evaluations of a rule that is evaluated at all; one may be late. */
const FRESH_INTERVALS = 3;

/**
 * Alertmanager calls an alert resolved when Prometheus says so, and also when nobody has spoken of it for some seconds, as when every Prometheus
 * is down or has just been started. Its notification does not tell which. So an end is believed of a Prometheus that evaluates the rule
 * on fresh data and does not have the alert, and as long as no other one has it. Pending is active: it may be true still.
 * A Prometheus without the rule may have an older set of rules than the others: it confirms nothing unless all answer and none has the rule.
 */
export function judgeEnd(
  alert: Pick<NotifiedAlert, 'name' | 'labels'>,
  views: readonly (PrometheusView | undefined)[],
  facts: { readonly nowMs: number; readonly warmUpMs: number },
): EndJudgement {
  if (activeIn(alert, views).length > 0) return 'active';
  const isRemoved = views.every((view) => view !== undefined && rulesOf(alert, view).length === 0);
  const canTell = views.some((view) => {
    if (view === undefined || !isWatching(view, facts)) return false;
    const rules = rulesOf(alert, view);
    return rules.length === 0 ? isRemoved : rules.every((rule) => isWarm(rule, view, facts));
  });
  return canTell ? 'ended' : 'unknown';
}

type Facts = Parameters<typeof judgeEnd>[2];

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

/** Whether it scrapes, evaluates, and does so for long enough. */
function isWatching(view: PrometheusView, facts: Facts): boolean {
  const watchdog = view.rules.filter(({ name, active }) => name === WATCHDOG && active.length > 0);
  return !view.isSettling && watchdog.some((rule) => isWarm(rule, view, facts));
}

/** Whether a rule was evaluated just now, and so long after the start that everything had been scraped twice. */
function isWarm(rule: PrometheusAlertRule, { startedAtMs }: PrometheusView, { nowMs, warmUpMs }: Facts): boolean {
  const isFresh = nowMs - rule.evaluatedAtMs <= FRESH_INTERVALS * rule.intervalMs;
  return rule.isHealthy && isFresh && rule.evaluatedAtMs - startedAtMs >= warmUpMs;
}

function textOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
