import type { Metric } from '../catalog/metric.ts';
import type { HistogramValue } from './histogram.ts';

/** State of one scrape of a target, shared by all collectors: a connection, or a page that was read. */
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

/** The current state of a histogram. */
export interface HistogramSample extends Named {
  readonly histogram: HistogramValue;
  readonly value?: undefined;
}

export type Sample = NumberSample | HistogramSample;

/** Takes samples one by one: those that were emitted before a collector failed are exposed as well. */
export type Sink = (sample: Sample) => void;

/** Collects one group of metrics from a target. */
export interface Collector<S> {
  /** The value of the label `collector`. */
  readonly name: string;
  readonly collect: (session: S, emit: Sink, signal: AbortSignal) => Promise<void>;
}

/** Collects metrics from one kind of target. `T`: address and settings of one target. */
export interface Exporter<T, S extends Session> {
  /** Prefix of the metrics about the scrape itself: `mysql` for `mysql_up`. */
  readonly prefix: string;
  /** Metrics that collectors may emit. Any other sample fails its collector. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Connects to the target. If it throws, the target is exposed as down. */
  readonly open: (target: T, signal: AbortSignal) => Promise<S>;
  readonly collectors: readonly Collector<S>[];
}
