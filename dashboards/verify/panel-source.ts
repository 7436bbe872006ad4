import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { openPrometheus, type PrometheusSeries } from '../../kit/prometheus.ts';

/** Result of one query: samples, a refusal, or a failure to reach Prometheus. */
export type Answer =
  | { readonly kind: 'data'; readonly samples: number; readonly series: readonly AnswerSeries[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

/** One series with its finite samples. */
export interface AnswerSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [atS: number, value: number])[];
}

/** Data source of panels and variables: a Prometheus, queried as Grafana does. */
export interface PanelSource {
  readonly instant: (expr: string) => Promise<Answer>;
  readonly range: (expr: string) => Promise<Answer>;
  /** Values of a label; throws when Prometheus cannot be queried. */
  readonly labelValues: (selector: string, label: string) => Promise<readonly string[]>;
}

/** Time range and step with which boards are verified. */
export const WINDOW_SECONDS = 300;
const STEP_SECONDS = 15;
const DEADLINE_MS = 15_000;

export function openPanelSource(url: string, signal: AbortSignal): PanelSource {
  const prometheus = openPrometheus(url, { signal, deadlineMs: DEADLINE_MS });
  const window = (): { readonly startMs: number; readonly endMs: number } => {
    const endMs = 1_000 * Math.floor(Date.now() / 1_000);
    return { startMs: endMs - 1_000 * WINDOW_SECONDS, endMs };
  };
  return {
    instant: (expr) => toAnswer(prometheus.query(expr), signal),
    range: (expr) => toAnswer(prometheus.queryRange(expr, { ...window(), stepMs: 1_000 * STEP_SECONDS }), signal),
    labelValues: (selector, label) => prometheus.labelValues(label, selector, window().startMs),
  };
}

async function toAnswer(query: Promise<readonly PrometheusSeries[]>, signal: AbortSignal): Promise<Answer> {
  try {
    const series = (await query).map(({ labels, samples }) => ({
      labels,
      // NaN and infinite values cannot be drawn.
      points: samples
        .filter(([, value]) => Number.isFinite(value))
        .map(([atMs, value]) => [atMs / 1_000, value] as const),
    }));
    return { kind: 'data', series, samples: series.reduce((sum, { points }) => sum + points.length, 0) };
  } catch (error) {
    signal.throwIfAborted();
    const isRefused = error instanceof HoldfastError && error.code === 'query-refused';
    return { kind: isRefused ? 'refused' : 'unreachable', why: messageOf(error) };
  }
}
