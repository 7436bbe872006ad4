import { describe, expect, it } from 'vitest';
import type { PrometheusAlert, PrometheusAlertRule } from '../../kit/prometheus.ts';
import { judgeEnd, type PrometheusView } from './judge-end.ts';

const NOW = Date.UTC(2026, 0, 1);
const LABELS = { alertname: 'AppHostLost', host: 'app2', severity: 'warning' };
const ALERT = { name: 'AppHostLost', labels: LABELS };
const CONTEXT = { nowMs: NOW, warmUpMs: 30_000 };

function rule(name: string, more: Partial<PrometheusAlertRule> = {}): PrometheusAlertRule {
  return { name, isHealthy: true, evaluatedAtMs: NOW - 1_000, intervalMs: 2_000, active: [], ...more };
}
const active = (labels: PrometheusAlert['labels']): PrometheusAlert => ({ labels, state: 'firing', activeAtMs: NOW });
const WATCHDOG = rule('Watchdog', { active: [active({ alertname: 'Watchdog' })] });

/** A Prometheus that has run for an hour and does not have the alert. */
function view(more: Partial<PrometheusView> = {}): PrometheusView {
  return { startedAtMs: NOW - 3_600_000, isStarting: false, rules: [WATCHDOG, rule('AppHostLost')], ...more };
}
const has = (labels: PrometheusAlert['labels']): Partial<PrometheusView> => ({
  rules: [WATCHDOG, rule('AppHostLost', { active: [active(labels)] })],
});
const without = (more: Partial<PrometheusAlertRule>): Partial<PrometheusView> => ({
  rules: [WATCHDOG, rule('AppHostLost', more)],
});

describe('the end of an alert', () => {
  it.each<{ readonly when: string; readonly views: readonly (PrometheusView | undefined)[]; readonly is: string }>([
    { when: 'no Prometheus responds', views: [undefined, undefined], is: 'unknown' },
    { when: 'no Prometheus is configured', views: [], is: 'unknown' },
    { when: 'one that has run for long does not have it', views: [view(), undefined], is: 'ended' },
    { when: 'one still has it', views: [view(), view(has(LABELS))], is: 'active' },
    {
      when: 'one that has just been started has it',
      views: [view({ ...has(LABELS), startedAtMs: NOW })],
      is: 'active',
    },
    {
      when: 'the same alert fires only for another host',
      views: [view(has({ ...LABELS, host: 'app1' }))],
      is: 'ended',
    },
    {
      when: 'all were just started',
      views: [view({ startedAtMs: NOW - 20_000 }), view({ startedAtMs: NOW - 30_500 })],
      is: 'unknown',
    },
    {
      when: 'its rule was evaluated long enough after the start',
      views: [view({ startedAtMs: NOW - 31_000 })],
      is: 'ended',
    },
    { when: 'the stack is starting', views: [view({ isStarting: true })], is: 'unknown' },
    { when: 'its rule is no longer evaluated', views: [view(without({ evaluatedAtMs: NOW - 7_000 }))], is: 'unknown' },
    { when: 'its rule fails', views: [view(without({ isHealthy: false }))], is: 'unknown' },
    { when: 'nothing is scraped', views: [view({ rules: [rule('Watchdog'), rule('AppHostLost')] })], is: 'unknown' },
    { when: 'its rule was removed', views: [view({ rules: [WATCHDOG] })], is: 'ended' },
    {
      when: 'the only one that responds does not have the rule',
      views: [view({ rules: [WATCHDOG] }), undefined],
      is: 'unknown',
    },
    {
      when: 'one has an older set of rules, and the other one evaluates the rule',
      views: [view({ rules: [WATCHDOG] }), view()],
      is: 'ended',
    },
    {
      when: 'one has an older set of rules, and the other one was just started',
      views: [view({ rules: [WATCHDOG] }), view({ startedAtMs: NOW - 20_000 })],
      is: 'unknown',
    },
    { when: 'Prometheus has no rules', views: [view({ rules: [] })], is: 'unknown' },
  ])('is $is when $when', ({ views, is }) => {
    expect(judgeEnd(ALERT, views, CONTEXT)).toBe(is);
  });
});
