import type { Metric } from '../catalog/metric.ts';
import type { HistogramValue } from './histogram.ts';

/** One look at a target, which all collectors share: a connection, a page that was read. */
export type Session = Disposable | AsyncDisposable;

interface Named {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A value of a counter or a gauge. */
export interface NumberSample extends Named {
  readonly value: number;
  readonly histogram?: undefined;
}

/** Everything that a histogram has counted. */
export interface HistogramSample extends Named {
  readonly histogram: HistogramValue;
  readonly value?: undefined;
}

export type Sample = NumberSample | HistogramSample;

/** Takes samples as they come: what was handed over before a failure is shown all the same. */
export type Sink = (sample: Sample) => void;

/** One question to a target. */
export interface Collector<S> {
  /** The value of the label `collector`. */
  readonly name: string;
  readonly collect: (session: S, emit: Sink, signal: AbortSignal) => Promise<void>;
}

/** How metrics are made of one kind of target. `T`: what names one. */
export interface Exporter<T, S extends Session> {
  /** Of the metrics about the scrape itself: `mysql` gives `mysql_up`. */
  readonly prefix: string;
  /** What may be emitted. Anything else is a mistake in a collector, and fails it. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Reaches the target, or throws: then it is not up. */
  readonly open: (target: T, signal: AbortSignal) => Promise<S>;
  readonly collectors: readonly Collector<S>[];
}
