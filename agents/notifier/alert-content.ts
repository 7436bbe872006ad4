import { formatDuration, formatValue } from './chart/format-value.ts';
import type { Chart } from './chart/make-chart.ts';
import type { NotifierConfig } from './config.ts';
import { type Link, linksOf } from './links.ts';
import { type NotifiedAlert, statusText } from './notification.ts';

/** The content of a mail about one alert, in order; the same for text and HTML. */
export interface AlertContent {
  readonly headline: string;
  /** The summary while it fires, else the status in a sentence. */
  readonly lead: string;
  /** The alert's description; after its end also its former summary. */
  readonly details: readonly string[];
  readonly rows: readonly (readonly [name: string, value: string])[];
  readonly chartNote: string;
  readonly links: readonly Link[];
}

interface AlertContext {
  readonly chart: Chart;
  readonly links: NotifierConfig['links'];
  readonly nowMs: number;
}

export function contentOf(alert: NotifiedAlert, { chart, links, nowMs }: AlertContext): AlertContent {
  const endedAtMs = alert.endsAtMs;
  const labels = Object.entries(alert.labels).filter(([name]) => !SHOWN_LABELS.has(name));
  const duration = formatDuration((endedAtMs ?? nowMs) - alert.startsAtMs);
  const rows: AlertContent['rows'] = [
    ...(alert.host === undefined ? [] : [['Host', alert.host] as const]),
    ...valueRows(chart),
    ...(endedAtMs === undefined
      ? [['Since', `${timeText(alert.startsAtMs)} (${duration} ago)`] as const]
      : [
          ['From', timeText(alert.startsAtMs)] as const,
          ['Until', `${timeText(endedAtMs)} (after ${duration})`] as const,
        ]),
    ['Severity', alert.severity],
    ['Owner', alert.owner],
    ...(labels.length === 0 ? [] : [['Labels', labels.map((pair) => pair.join('=')).join(', ')] as const]),
    ['Runbook', alert.runbook],
  ];
  return {
    headline: `${alert.drill === undefined ? '' : 'DRILL '}${statusText(alert.status)} ${alert.name}${alert.host === undefined ? '' : ` ${alert.host}`}`,
    lead: leadOf(alert, duration),
    details:
      alert.status === 'firing'
        ? [alert.description]
        : [`Summary while it was firing: ${alert.summary}`, alert.description],
    rows,
    chartNote:
      chart.kind === 'none'
        ? `No chart: ${chart.reason}.`
        : `${chart.plot.query.replaceAll(/\s+/g, ' ')} – times are UTC; red: start of the alert${endedAtMs === undefined ? '' : '; green: resolved'}${chart.plot.threshold === undefined ? '' : '; dashed: threshold'}.`,
    links: linksOf(alert, {
      links,
      drawn: chart.kind === 'none' ? undefined : { ...chart, query: chart.plot.query },
    }),
  };
}

function leadOf({ status, summary }: NotifiedAlert, duration: string): string {
  switch (status) {
    case 'firing':
      return summary;
    case 'resolved':
      return `Resolved after ${duration}.`;
    case 'unmonitored':
      return 'Not monitored: no Prometheus can evaluate this alert, so its state is unknown. Repair the monitors first (runbook WatchdogSilent). A mail with the state follows.';
  }
}

/** Labels that have their own row, or are irrelevant to the reader. */
const SHOWN_LABELS: ReadonlySet<string> = new Set(['alertname', 'host', 'severity', 'owner', 'drill', 'drill_id']);

function valueRows(chart: Chart): AlertContent['rows'] {
  if (chart.kind === 'none' || chart.now === undefined) return [];
  const { plot, now } = chart;
  const limit =
    plot.threshold === undefined
      ? ''
      : ` (threshold: ${plot.threshold.comparison} ${formatValue(plot.threshold.value, plot.unit)})`;
  return [['Value', `${formatValue(now.value, plot.unit)} at ${timeText(now.atMs).slice(11, 19)}${limit}`]];
}

export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC');
}
