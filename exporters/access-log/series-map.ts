import type { Sink } from '../kit/exporter.ts';
import { makeHistogram, type Histogram } from '../kit/histogram.ts';
import { LATENCY_BUCKETS } from './buckets.ts';

/** Series of one metric, created when their labels first occur. */
export interface SeriesMap<S> {
  /** `values`: label values, in the order of the label names. */
  readonly of: (...values: readonly string[]) => S;
  readonly emit: (emit: Sink) => void;
}

/** Latency histograms. `labels`: label names. */
export function makeHistograms(name: string, labels: readonly string[]): SeriesMap<Histogram> {
  const series = makeSeries(labels, () => makeHistogram(LATENCY_BUCKETS));
  return {
    of: series.of,
    emit(emit) {
      for (const { labels: own, state } of series.all()) emit({ name, labels: own, histogram: state.read() });
    },
  };
}

interface Count {
  value: number;
}

/** Counters. `labels`: label names. */
export function makeCounters(name: string, labels: readonly string[]): SeriesMap<Count> {
  const series = makeSeries<Count>(labels, () => ({ value: 0 }));
  return {
    of: series.of,
    emit(emit) {
      for (const { labels: own, state } of series.all()) emit({ name, labels: own, value: state.value });
    },
  };
}

interface Entry<S> {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: S;
}

function makeSeries<S>(
  names: readonly string[],
  make: () => S,
): { readonly of: (...values: readonly string[]) => S; readonly all: () => Iterable<Entry<S>> } {
  const entries = new Map<string, Entry<S>>();
  return {
    of(...values) {
      const key = values.join('\n');
      let entry = entries.get(key);
      if (entry === undefined) {
        const labels = Object.fromEntries(names.map((label, index) => [label, values[index] ?? '']));
        entry = { labels, state: make() };
        entries.set(key, entry);
      }
      return entry.state;
    },
    all: () => entries.values(),
  };
}
