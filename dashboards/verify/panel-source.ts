import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { openPrometheus, type PrometheusSeries } from '../../kit/prometheus.ts';

/** What one query gave: samples that can be drawn, a refusal, or nothing because Prometheus could not be asked. */
export type Answer =
  | { readonly kind: 'data'; readonly samples: number; readonly series: readonly AnswerSeries[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

/** One series with the samples that can be drawn. */
export interface AnswerSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [atS: number, value: number])[];
}

/** What panels and variables are filled from: a Prometheus, asked as Grafana asks it. */
export interface PanelSource {
  readonly now: (expr: string) => Promise<Answer>;
  readonly course: (expr: string) => Promise<Answer>;
  /** Values of a label; throws when it cannot be asked. */
  readonly labelValues: (selector: string, label: string) => Promise<readonly string[]>;
}

/** How much of the past a board is verified with, and how finely. */
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
    now: (expr) => toAnswer(prometheus.query(expr), signal),
    course: (expr) => toAnswer(prometheus.queryRange(expr, { ...window(), stepMs: 1_000 * STEP_SECONDS }), signal),
    labelValues: (selector, label) => prometheus.labelValues(label, selector, window().startMs),
  };
}

async function toAnswer(asked: Promise<readonly PrometheusSeries[]>, signal: AbortSignal): Promise<Answer> {
  try {
    const series = (await asked).map(({ labels, samples }) => ({
      labels,
      // What is no number is drawn as nothing.
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
