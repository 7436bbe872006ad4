import { HoldfastError, messageOf } from '../../../kit/errors.ts';
import { openPrometheus, type PrometheusRange, type PrometheusSeries } from '../../../kit/prometheus.ts';
import type { NotifiedAlert } from '../notification.ts';
import { type Line, chooseLine } from './choose-line.ts';
import { SHOWN, drawChart } from './draw-chart.ts';
import { type Plot, readPlotTable } from './plot-table.ts';

/** The chart of one alert, or the reason why it is missing. */
export type Chart =
  | {
      readonly kind: 'drawn';
      readonly png: Buffer;
      readonly shown: { readonly width: number; readonly height: number };
      readonly plot: Plot;
      /** The newest sample. */
      readonly now: { readonly atMs: number; readonly value: number } | undefined;
      readonly startMs: number;
      readonly endMs: number;
    }
  /** `failed`: a chart was expected. */
  | { readonly kind: 'none'; readonly reason: string; readonly failed: boolean };

export interface ChartOptions {
  /** Queried in this order. */
  readonly prometheus: readonly string[];
  readonly plotsFile: string;
  /** Length of the time before the alert that the chart shows. */
  readonly leadMs: number;
  /** Minimum time between two samples; a long time range uses a longer step. */
  readonly minStepMs: number;
  /** For the complete chart. */
  readonly deadlineMs: number;
  readonly now: () => number;
}

const MAX_SAMPLES = 300;

/** Never throws, and never exceeds its deadline. */
export async function makeChart(alert: NotifiedAlert, options: ChartOptions): Promise<Chart> {
  try {
    const table = readPlotTable(options.plotsFile);
    const plots = Object.hasOwn(table, alert.name) ? (table[alert.name] ?? []) : [];
    if (plots.length === 0) return { kind: 'none', reason: 'this alert has no metric', failed: false };
    return await drawPlots(alert, plots, options);
  } catch (error) {
    return { kind: 'none', reason: messageOf(error), failed: true };
  }
}

async function drawPlots(alert: NotifiedAlert, plots: readonly Plot[], options: ChartOptions): Promise<Chart> {
  const nowMs = options.now();
  const { endsAtMs } = alert;
  const startMs = Math.min(alert.startsAtMs, nowMs) - options.leadMs;
  // Show some time after the end, so that the recovery is visible.
  const endMs = Math.max(startMs + 1, endsAtMs === undefined ? nowMs : Math.min(nowMs, endsAtMs + options.leadMs));
  const stepMs = Math.max(options.minStepMs, Math.ceil((endMs - startMs) / MAX_SAMPLES / 1000) * 1000);
  const candidates = await readLines(plots, { startMs, endMs, stepMs }, options);
  const line = chooseLine(candidates, { labels: alert.labels, sinceMs: alert.startsAtMs - options.leadMs / 5 });
  if (line === undefined) return { kind: 'none', reason: 'Prometheus has no samples of it', failed: false };
  const { plot, series } = line;
  const last = series.samples.at(-1);
  const png = drawChart({
    points: withGaps(series, stepMs),
    ...{ startMs, endMs, unit: plot.unit, threshold: plot.threshold?.value },
    firedMs: alert.startsAtMs,
    resolvedMs: endsAtMs,
  });
  const now = last === undefined ? undefined : { atMs: last[0], value: last[1] };
  return { kind: 'drawn', png, shown: SHOWN, plot, now, startMs, endMs };
}

/** All plots of the first Prometheus that responds. Each Prometheus gets an equal share of the deadline. */
async function readLines(
  plots: readonly Plot[],
  range: PrometheusRange,
  { prometheus, deadlineMs }: ChartOptions,
): Promise<readonly Line[]> {
  const deadline = AbortSignal.timeout(deadlineMs);
  let reason = 'no Prometheus is configured';
  for (const url of prometheus) {
    const signal = AbortSignal.any([deadline, AbortSignal.timeout(deadlineMs / prometheus.length)]);
    try {
      const client = openPrometheus(url, { signal, deadlineMs });
      const results = plots.map(async (plot) =>
        (await client.queryRange(plot.query, range)).map((series) => ({ plot, series })),
      );
      return (await Promise.all(results)).flat();
    } catch (error) {
      // Use the cause, because the error below already states that Prometheus did not respond.
      const cause = error instanceof HoldfastError ? (error.cause ?? error) : error;
      reason = signal.aborted ? `not within ${deadlineMs} ms` : messageOf(cause);
    }
  }
  throw new Error(`Prometheus did not answer: ${reason}`);
}

/** Adds gaps where more than one sample is missing, and for values that are not finite. */
function withGaps({ samples }: PrometheusSeries, stepMs: number): readonly (readonly [number, number | undefined])[] {
  return samples.flatMap(([atMs, value], index) => {
    const before = samples[index - 1]?.[0] ?? atMs;
    const sample = [atMs, Number.isFinite(value) ? value : undefined] as const;
    return atMs - before > 1.5 * stepMs ? [[before + stepMs, undefined] as const, sample] : [sample];
  });
}
