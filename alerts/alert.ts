import type { MonitoringTimings } from '../deploy/model/profile.ts';
import type { AlertName, NOTIFIER_ALERTS } from './names.ts';
import type { AlertCase } from './alert-case.ts';
import type { Plot } from './plot.ts';

/** Failure domains: their parts fail together, and mails are grouped by them. */
export const DOMAINS = ['edge', 'lb', 'web', 'app', 'database', 'cache', 'host', 'site', 'monitor'] as const;

export type Domain = (typeof DOMAINS)[number];

/** `critical`: users are affected, or will be by the next fault; `warning`: redundancy or capacity is lost; `none`: never mailed. */
type AlertSeverity = 'critical' | 'warning' | 'none';

/** Behaviour when the metrics of the alert are missing. */
export type OnAbsent = 'fires' | 'ok' | { readonly coveredBy: AlertName | (typeof NOTIFIER_ALERTS)[number] };

/** One alert, with everything that the on-call engineer and the tests need. */
export interface Alert {
  /** A symptom, in PascalCase; also the name of its runbook. */
  readonly name: AlertName;
  readonly domain: Domain;
  readonly severity: AlertSeverity;
  /** Team that fixes it. */
  readonly owner: 'platform' | 'application' | 'database' | 'monitoring';
  /** Rule group; missing: the default group. `low-priority`: evaluated half as often ({@link evaluationMsOf}); `background`: the same, in a separate file. */
  readonly group?: 'low-priority' | 'background' | 'slo-fast' | 'slo-slow';
  /** PromQL. One series per alert; its labels identify the subject of the alert. */
  readonly expr: string;
  /** Charts in its mail, if they differ from the values that the expression compares: see `plotsOf`. */
  readonly plots?: readonly Plot[];
  /** `for:` duration in ms, from the profile. */
  readonly forMs: (timings: MonitoringTimings) => number;
  /** Degraded but acceptable for a while, so it may fire later than others ({@link lowUrgencyFor}). */
  readonly isLowUrgency?: true;
  readonly onAbsent: OnAbsent;
  /** One line. May use `{{ $labels.host }}` and `{{ $value }}` (in a form that the tests can expand: `expand.ts`), as may the description. */
  readonly summary: string;
  /** The observed symptom, with values. */
  readonly description: string;
  /** Tests of when it fires and when it does not; see {@link AlertCase}. */
  readonly cases: readonly AlertCase[];
}

/** Whether the alert is about a current symptom, not about an error budget. */
export const isSymptomAlert = ({ group }: Pick<Alert, 'group'>): boolean =>
  group === undefined || group === 'low-priority' || group === 'background';

/** Evaluation interval of a symptom alert in ms. Alerts that are not urgent and whose metrics are scraped less often are evaluated half as often. */
export function evaluationMsOf({ group }: Pick<Alert, 'group'>, { evaluationIntervalMs }: MonitoringTimings): number {
  return group === 'low-priority' || group === 'background' ? 2 * evaluationIntervalMs : evaluationIntervalMs;
}

/** The default of the profile: tolerates one missed scrape of a target that is not a monitor. */
export const defaultFor = (timings: MonitoringTimings): number => timings.alertForMs;

/** For metrics with the detail scrape interval: tolerates one missed scrape, and covers two evaluations in low-priority groups too. */
export const detailFor = (timings: MonitoringTimings): number =>
  Math.max(
    timings.detailScrapeIntervalMs + timings.evaluationIntervalMs,
    2 * evaluationMsOf({ group: 'low-priority' }, timings),
  );

/** For degraded but acceptable states: only a lasting one is worth a mail. */
export const lowUrgencyFor = (timings: MonitoringTimings): number => 15 * timings.alertForMs;

/** For conditions that seem true for a moment when a host goes down, because its last sample counts as current until the next scrape fails. */
export const ignoresStaleSamples = (timings: MonitoringTimings): number =>
  timings.alertForMs + 2 * timings.scrapeIntervalMs;

/** For metrics of the monitors about themselves, which are scraped less often: tolerates one missed scrape. */
export const selfFor = (timings: MonitoringTimings): number =>
  timings.monitorScrapeIntervalMs + timings.evaluationIntervalMs;

/** Later than the more specific alerts about monitors, whichever target was scraped last. */
export const ignoresStaleSelfSamples = (timings: MonitoringTimings): number =>
  selfFor(timings) + timings.monitorScrapeIntervalMs;

/**
 * For metrics with the probe interval: tolerates one failed scrape (during a failover, or just after a process crashed), whose sample counts as
 * current for a whole interval.
 */
export const toleratesOneMissedScrape = (timings: MonitoringTimings): number =>
  timings.probeIntervalMs + timings.evaluationIntervalMs / 2;

/** Path of an alert's runbook in the repository. */
export function runbookOf(name: string): string {
  return `alerts/runbooks/${name}.md`;
}
