/** Unit of a value. `1`: counts and states; `timestamp`: seconds since 1970. */
export type Unit = 'seconds' | 'bytes' | 'ratio' | 'percent' | 'timestamp' | '1 per second' | '1';

/** Allowed values of a label: a complete list, or their source and maximum number. */
export type LabelValues = readonly string[] | { readonly from: string; readonly atMost: number };

/** Definition of a metric. */
export interface Metric {
  /** `histogram`: its series are `_bucket` (with the label `le`), `_sum` and `_count`. `summary`: itself (with the label `quantile`), `_sum` and `_count`. */
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly unit: Unit;
  readonly help: string;
  /** Its own labels; every metric also has the target labels ({@link TARGET_LABELS}). */
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** Histograms only: upper bounds of the buckets, if rules select them by `le`. */
  readonly buckets?: readonly number[];
  /**
   * Missing: always exposed. `on-event`: exposed only after an event that may never happen. `by-kernel`: exposed only where the kernel of the
   * machine provides it, so never on some machines.
   */
  readonly presence?: 'on-event' | 'by-kernel';
  /** Measured by the service disk-space at its own interval (`diskPollMs`): scrapes in between expose the same value again. */
  readonly measured?: 'by-disk-space';
  /** Name of the upstream exporter that breaks the naming rules, kept for compatibility. A counter without `_total` has type unknown in OpenMetrics. */
  readonly naming?: 'upstream';
}

/** Labels that Prometheus adds to every series: see deploy/tiers/monitor/render-prometheus.ts. */
export const TARGET_LABELS = ['job', 'instance', 'host', 'tier'] as const;

type Details = Partial<Pick<Metric, 'labels' | 'buckets' | 'presence' | 'measured' | 'naming'>>;

export function gauge(unit: Unit, help: string, details: Details = {}): Metric {
  return { type: 'gauge', unit, help, labels: {}, ...details };
}

export function counter(unit: Unit, help: string, details: Details = {}): Metric {
  return { type: 'counter', unit, help, labels: {}, ...details };
}

export function histogram(unit: Unit, help: string, details: Details = {}): Metric {
  return { type: 'histogram', unit, help, labels: {}, ...details };
}

export function summary(unit: Unit, help: string, details: Details = {}): Metric {
  return { type: 'summary', unit, help, labels: {}, ...details };
}

export function atMost(count: number, from: string): LabelValues {
  return { from, atMost: count };
}

/**
 * The type of a metric of `metrics` in OpenMetrics, the format that Prometheus requests. A counter without `_total` is not allowed there and would be
 * renamed, so upstream names of that kind get type unknown. So does a counter whose family, the name without `_total`, is another metric
 * (`varnish_main_fetch_total` and `varnish_main_fetch`).
 */
export function openMetricsType(name: string, metrics: Readonly<Record<string, Metric>>): Metric['type'] | 'unknown' {
  const type = metrics[name]?.type ?? 'unknown';
  if (type !== 'counter') return type;
  return name.endsWith('_total') && !(name.slice(0, -'_total'.length) in metrics) ? type : 'unknown';
}
