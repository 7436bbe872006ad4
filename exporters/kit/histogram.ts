/** An observation with the ID of its trace. */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  readonly atMs: number;
}

/** Snapshot of a histogram. */
export interface HistogramValue {
  /** Upper bounds of all buckets but the last, ascending. */
  readonly bounds: readonly number[];
  /** Observations per bucket, not cumulative; the last bucket has no upper bound. */
  readonly counts: readonly number[];
  readonly sum: number;
  /** The latest traced observation of each bucket. */
  readonly exemplars?: readonly (Exemplar | undefined)[];
}

export interface Histogram {
  readonly observe: (value: number, trace?: { readonly traceId: string; readonly atMs: number }) => void;
  /** Returns a snapshot. */
  readonly read: () => HistogramValue;
}

/** A histogram that counts from 0. `bounds`: ascending. */
export function makeHistogram(bounds: readonly number[]): Histogram {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  const exemplars = new Array<Exemplar | undefined>(bounds.length + 1).fill(undefined);
  let sum = 0;
  return {
    observe(value, trace) {
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += value;
      if (trace !== undefined) exemplars[bucket] = { traceId: trace.traceId, value, atMs: trace.atMs };
    },
    read: () => ({ bounds, counts: [...counts], sum, exemplars: [...exemplars] }),
  };
}
