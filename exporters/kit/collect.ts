import { openDeadline } from '../../kit/deadline.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { makeSampleStore, type SampleStore } from './sample-store.ts';
import type { Collector, Exporter, Sample, Session } from './exporter.ts';

export interface CollectOptions {
  /** For everything, from reaching the target on. */
  readonly deadlineMs: number;
  /** Series of one scrape: what comes beyond is left out, and said. */
  readonly maxSeries: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What one look at a target gave. */
export interface Collection {
  readonly samples: readonly Sample[];
  /** What went wrong, by collector; `open`: the target could not be reached. For the log, never for a label. */
  readonly failures: Readonly<Record<string, string>>;
}

/**
 * Asks a target everything, each question with the deadline, side by side. Never throws and never takes longer: a target that is down or
 * hangs, and a collector that fails, are told by `_up` and `_scrape_collector_success`, beside all that the others found.
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
    session = await before(deadline, exporter.open(target, deadline), release);
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
  { name, collect: ask }: Collector<S>,
  { session, store, deadline }: Running<S>,
): Promise<{ readonly collector: string; readonly seconds: number; readonly failure: string | undefined }> {
  const begin = performance.now();
  let isOpen = true;
  let failure: string | undefined;
  try {
    // What comes after the deadline belongs to no scrape.
    const emit = (sample: Sample): void => {
      if (isOpen) store.emit(sample);
    };
    await before(deadline, ask(session, emit, deadline));
  } catch (error) {
    failure = messageOf(error);
  }
  isOpen = false;
  return { collector: name, seconds: (performance.now() - begin) / 1000, failure };
}

/** The result of `work`, or a rejection when the signal comes first, whether or not `work` heeds it. What comes later goes to `late`. */
async function before<R>(
  signal: AbortSignal,
  work: Promise<R>,
  late: (result: R) => unknown = () => undefined,
): Promise<R> {
  const gone = Promise.withResolvers<never>();
  const onAbort = (): void => {
    gone.reject(new HoldfastError('deadline', 'no answer in time', { cause: signal.reason }));
    work.then(late).catch(() => undefined);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, gone.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    gone.promise.catch(() => undefined);
  }
}

async function release(session: Session): Promise<void> {
  try {
    if (Symbol.dispose in session) session[Symbol.dispose]();
    else await session[Symbol.asyncDispose]();
  } catch {
    // A session that cannot be closed is the target's trouble, not the scrape's.
  }
}
