import { openMetricsType, type Metric } from '../catalog/metric.ts';
import type { HistogramSample, Sample } from './exporter.ts';
import type { Exemplar } from './histogram.ts';

/** Exposition format. */
export type Format = 'text' | 'openmetrics';

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

const CONTENT_TYPE: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * Writes samples in the classic text format or in OpenMetrics; only OpenMetrics has exemplars. prom-client is not used: it accepts no histogram
 * counted elsewhere, and once it has written OpenMetrics it changes the names of counters permanently.
 */
export function renderSamples(
  samples: readonly Sample[],
  metrics: Readonly<Record<string, Metric>>,
  format: Format,
): Exposition {
  const lines: string[] = [];
  const families = Map.groupBy(samples, (sample) => sample.name);
  // Metrics of events that never happened are declared without samples, so that readers can distinguish them from metrics that no target exposes.
  for (const [name, { presence }] of Object.entries(metrics))
    if (presence === 'on-event' && !families.has(name)) families.set(name, []);
  for (const [name, of] of families) {
    const metric = metrics[name];
    if (metric === undefined) continue;
    const type = format === 'openmetrics' ? openMetricsType(name, metrics) : metric.type;
    // In OpenMetrics the family of a counter has no suffix `_total`, its samples have.
    const family = format === 'openmetrics' && type === 'counter' ? name.slice(0, -'_total'.length) : name;
    lines.push(`# HELP ${family} ${escapeHelp(metric.help, format)}`, `# TYPE ${family} ${type}`);
    for (const sample of of) {
      if (sample.histogram === undefined)
        lines.push(`${name}${renderLabels(sample.labels)} ${renderNumber(sample.value)}`);
      else pushHistogram(lines, sample, format);
    }
  }
  if (format === 'openmetrics') lines.push('# EOF');
  return { contentType: CONTENT_TYPE[format], body: `${lines.join('\n')}\n` };
}

/** OpenMetrics if the Accept header names it, otherwise the classic text format. */
export function negotiateFormat(accept: string | undefined): Format {
  return accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text';
}

function pushHistogram(lines: string[], { name, labels, histogram }: HistogramSample, format: Format): void {
  const { bounds, counts, sum, exemplars } = histogram;
  const inner = innerLabels(labels);
  let count = 0;
  counts.forEach((own, index) => {
    count += own;
    const bound = bounds[index];
    // `1` and not `1.0`, as all other processes here write bounds: rules select them by this text.
    const le = bound === undefined ? '+Inf' : String(bound);
    const exemplar = format === 'openmetrics' ? exemplars?.[index] : undefined;
    lines.push(`${name}_bucket{${inner === '' ? '' : `${inner},`}le="${le}"} ${count}${renderExemplar(exemplar)}`);
  });
  lines.push(
    `${name}_sum${renderLabels(labels)} ${renderNumber(sum)}`,
    `${name}_count${renderLabels(labels)} ${count}`,
  );
}

function renderExemplar(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { traceId, value, atMs } = exemplar;
  return ` # {trace_id="${escapeValue(traceId)}"} ${renderNumber(value)} ${(atMs / 1000).toFixed(3)}`;
}

function renderLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const inner = innerLabels(labels);
  return inner === '' ? '' : `{${inner}}`;
}

function innerLabels(labels: Readonly<Record<string, string>> = {}): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escapeValue(value)}"`)
    .join(',');
}

function renderNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function escapeHelp(help: string, format: Format): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped;
}
