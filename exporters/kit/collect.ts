import { openDeadline } from '../../kit/deadline.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { makeSampleStore, type SampleStore } from './sample-store.ts';
import type { Collector, Exporter, Sample, Session } from './exporter.ts';

export interface CollectOptions {
  /** For the whole scrape, connecting included. */
  readonly deadlineMs: number;
  /** Series per scrape. Further series are dropped and counted in `_scrape_series_dropped`. */
  readonly maxSeries: number;
  /** Aborts when no client waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Result of one scrape of a target. */
export interface Collection {
  readonly samples: readonly Sample[];
  /** Error messages by collector; `open`: the target could not be reached. For the log, never for a label. */
  readonly failures: Readonly<Record<string, string>>;
}

/**
 * Scrapes a target: runs all collectors in parallel within the deadline. Never throws and never exceeds the deadline. A target that is down or
 * hangs is exposed as `_up` 0. A collector that fails is exposed as `_scrape_collector_success` 0, next to the samples of the others.
 */
export async function collect<T, S extends Session>(
  exporter: Exporter<T, S>,
  target: T,
  { deadlineMs, maxSeries, signal }: CollectOptions,
): Promise<Collection> {
  const { prefix } = exporter;
  const store = makeSampleStore(exporter.metrics, maxSeries);
  const failures: Record<string, string> = {};
  using limit = openDeadline(deadlineMs, signal);
  const deadline = limit.signal;
  let session: S | undefined;
  try {
    session = await withinDeadline(deadline, exporter.open(target, deadline), release);
    const results = await Promise.all(
      exporter.collectors.map((one) => runCollector(one, { session: session as S, store, deadline })),
    );
    for (const { collector, seconds, failure } of results) {
      if (failure !== undefined) failures[collector] = failure;
      store.emitOwn({
        name: `${prefix}_scrape_collector_success`,
        labels: { collector },
        value: Number(failure === undefined),
      });
      store.emitOwn({ name: `${prefix}_scrape_collector_duration_seconds`, labels: { collector }, value: seconds });
    }
  } catch (error) {
    failures['open'] = messageOf(error);
  } finally {
    if (session !== undefined) await release(session);
  }
  store.emitOwn({ name: `${prefix}_up`, value: Number(session !== undefined) });
  store.emitOwn({ name: `${prefix}_scrape_series_dropped`, value: store.dropped });
  return { samples: store.samples(), failures };
}

interface Running<S> {
  readonly session: S;
  readonly store: SampleStore;
  readonly deadline: AbortSignal;
}

async function runCollector<S>(
  { name, collect: collectSamples }: Collector<S>,
  { session, store, deadline }: Running<S>,
): Promise<{ readonly collector: string; readonly seconds: number; readonly failure: string | undefined }> {
  const begin = performance.now();
  let isOpen = true;
  let failure: string | undefined;
  try {
    // Samples that are emitted after the deadline are ignored.
    const emit = (sample: Sample): void => {
      if (isOpen) store.emit(sample);
    };
    await withinDeadline(deadline, collectSamples(session, emit, deadline));
  } catch (error) {
    failure = messageOf(error);
  }
  isOpen = false;
  return { collector: name, seconds: (performance.now() - begin) / 1000, failure };
}

/** Resolves with the result of `work`, or rejects when the signal aborts first, even if `work` ignores it. `onLate` gets a result that comes later. */
async function withinDeadline<R>(
  signal: AbortSignal,
  work: Promise<R>,
  onLate: (result: R) => unknown = () => undefined,
): Promise<R> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(new HoldfastError('deadline', 'no answer in time', { cause: signal.reason }));
    work.then(onLate).catch(() => undefined);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    aborted.promise.catch(() => undefined);
  }
}

async function release(session: Session): Promise<void> {
  try {
    if (Symbol.dispose in session) session[Symbol.dispose]();
    else await session[Symbol.asyncDispose]();
  } catch {
    // Failing to close a session does not fail the scrape.
  }
}
