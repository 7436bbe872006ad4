/** What a value is measured in. `1`: counts and states; `timestamp`: seconds since 1970. */
export type Unit = 'seconds' | 'bytes' | 'ratio' | 'percent' | 'timestamp' | '1 per second' | '1';

/** The values that a label may take: all of them, or where they come from and how many there may be. */
export type LabelValues = readonly string[] | { readonly from: string; readonly atMost: number };

/** What is known of a metric before any sample of it was seen. */
export interface Metric {
  /** `histogram`: its series are `_bucket` (with the label `le`), `_sum` and `_count`. `summary`: itself (with the label `quantile`), `_sum` and `_count`. */
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly unit: Unit;
  readonly help: string;
  /** Its own labels; those of the target ({@link TARGET_LABELS}) come with every metric. */
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** Of a histogram: the bounds of its buckets that rules may ask for, where they do. */
  readonly buckets?: readonly number[];
  /**
   * Missing: there whenever its emitter is. `on-event`: only after something happened that need not happen. `by-kernel`: only where the kernel of the
   * machine tells it, so that on some machines it is never there.
   */
  readonly appears?: 'on-event' | 'by-kernel';
  /** Measured by the service disk-space, at its own pace ({@link diskLookMs}): scrapes in between expose the same value again. */
  readonly measured?: 'by-disk-space';
  /** The community's name where it does not follow the rules; so that it means the same everywhere, it is kept. In OpenMetrics exposed without the type counter. */
  readonly named?: 'elsewhere';
}

/** Labels that Prometheus adds to every series: see deploy/tiers/monitor/render-prometheus.ts. */
export const TARGET_LABELS = ['job', 'instance', 'host', 'tier'] as const;

type Details = Partial<Pick<Metric, 'labels' | 'buckets' | 'appears' | 'measured' | 'named'>>;

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
 * The type of a metric of `metrics` in OpenMetrics, which Prometheus asks for. It has no counter without `_total`, and would rename it: upstream names of
 * that kind have no type there. Nor has a counter whose family, the name without `_total`, is another metric (`varnish_main_fetch_total` beside
 * `varnish_main_fetch`).
 */
export function openMetricsType(name: string, metrics: Readonly<Record<string, Metric>>): Metric['type'] | 'unknown' {
  const type = metrics[name]?.type ?? 'unknown';
  if (type !== 'counter') return type;
  return name.endsWith('_total') && !(name.slice(0, -'_total'.length) in metrics) ? type : 'unknown';
}
