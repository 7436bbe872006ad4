import type { MonitoringTimings } from '../deploy/model/profile.ts';
import type { AlertName, NOTIFIER_ALERTS } from './names.ts';
import type { AlertCase } from './alert-case.ts';
import type { Plot } from './plot.ts';

/** What fails together; mails are grouped by it. */
export const DOMAINS = ['edge', 'lb', 'web', 'app', 'database', 'cache', 'host', 'site', 'monitor'] as const;

export type Domain = (typeof DOMAINS)[number];

/** `critical`: users feel it, or the next fault makes them; `warning`: something is lost that can be spared; `none`: no news. */
type AlertSeverity = 'critical' | 'warning' | 'none';

/** What happens when the metrics that the alert is made from are not there. */
export type OnAbsent = 'fires' | 'ok' | { readonly coveredBy: AlertName | (typeof NOTIFIER_ALERTS)[number] };

/** One alert, with everything that a person on call and the tests need. */
export interface Alert {
  /** A symptom, in PascalCase; also the name of its runbook. */
  readonly name: AlertName;
  readonly domain: Domain;
  readonly severity: AlertSeverity;
  /** Who mends it. */
  readonly owner: 'platform' | 'application' | 'database' | 'monitoring';
  /** The group of rules that it is evaluated with; missing: with most others. `unhurried`: half as often ({@link evaluationMsOf}); `background`: the same, in a file of its own. */
  readonly group?: 'unhurried' | 'background' | 'slo-fast' | 'slo-slow';
  /** PromQL. One series per alert; its labels say what the alert is about. */
  readonly expr: string;
  /** What the chart in its mail draws, where that is not what the expression compares: see `plotsOf`. */
  readonly plots?: readonly Plot[];
  /** How long it must be true (ms), from the profile. */
  readonly forMs: (watch: MonitoringTimings) => number;
  /** What the stack lives with for a while: it may be told later than others ({@link lowUrgencyFor}). */
  readonly isTolerated?: true;
  readonly onAbsent: OnAbsent;
  /** One line. `{{ $labels.host }}` and `{{ $value }}` (written as {@link AlertCase} expects it) may be used here and below. */
  readonly summary: string;
  /** What is seen, with values. */
  readonly description: string;
  /** When it fires and when not; see {@link AlertCase}. */
  readonly cases: readonly AlertCase[];
}

/** Whether it is about what is seen now, not about what an objective has left. */
export const isSymptomAlert = ({ group }: Pick<Alert, 'group'>): boolean =>
  group === undefined || group === 'unhurried' || group === 'background';

/** Time between two evaluations of an alert that is of now, in ms. What is no outage yet and is seen more seldom than that needs half of them. */
export function evaluationMsOf({ group }: Pick<Alert, 'group'>, { evaluationIntervalMs }: MonitoringTimings): number {
  return group === 'unhurried' || group === 'background' ? 2 * evaluationIntervalMs : evaluationIntervalMs;
}

/** The profile's usual time: outlasts one lost scrape of a target that is not a monitor. */
export const defaultFor = (watch: MonitoringTimings): number => watch.alertForMs;

/** The usual time for what is asked at the pace of details: outlasts one lost look, and is evaluated twice also where nobody hurries. */
export const usualForDetails = (watch: MonitoringTimings): number =>
  Math.max(
    watch.detailScrapeIntervalMs + watch.evaluationIntervalMs,
    2 * evaluationMsOf({ group: 'unhurried' }, watch),
  );

/** For what the stack lives with: only what lasts is worth a mail. */
export const lowUrgencyFor = (watch: MonitoringTimings): number => 15 * watch.alertForMs;

/** For what looks true for a moment whenever a host vanishes, because its last sample is believed until the next scrape fails. */
export const ignoresStaleSamples = (watch: MonitoringTimings): number => watch.alertForMs + 2 * watch.scrapeIntervalMs;

/** The same for what monitors tell of themselves, more seldom. */
export const usualForMonitors = (watch: MonitoringTimings): number =>
  watch.monitorScrapeIntervalMs + watch.evaluationIntervalMs;

/** Later than the alerts that say more, whatever was scraped last. */
export const outlastsStaleMonitors = (watch: MonitoringTimings): number =>
  usualForMonitors(watch) + watch.monitorScrapeIntervalMs;

/**
 * For what is looked at once a round: outlasts one look that failed (it met a failover, or a process that had just died), whose sample stays true
 * for a round.
 */
export const toleratesOneMissedScrape = (watch: MonitoringTimings): number =>
  watch.probeIntervalMs + watch.evaluationIntervalMs / 2;

/** Path of an alert's runbook in the repository. */
export function runbookOf(name: string): string {
  return `alerts/runbooks/${name}.md`;
}
