import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';

export type SpanProcessor = NonNullable<NodeSDKConfiguration['spanProcessors']>[number];
/** A span that has ended, as passed by the SDK. */
export type EndedSpan = Parameters<SpanProcessor['onEnd']>[0];

/** Sends spans; rejects if the store does not accept them before `signal` aborts. */
export type SendSpans = (spans: readonly EndedSpan[], signal: AbortSignal) => Promise<void>;

interface OutboxOptions {
  readonly send: SendSpans;
  readonly onSent: (count: number) => void;
  readonly onDropped: (reason: 'queue-full' | 'store-failed', count: number) => void;
  readonly limits?: OutboxLimits;
}

interface OutboxLimits {
  /** Queued spans, including those in flight. */
  readonly maxQueued: number;
  readonly maxBatch: number;
  /** Maximum delay of a span for batching. */
  readonly delayMs: number;
  readonly deadlineMs: number;
}

/** The queue holds about five seconds of spans if every request fails, about 2 MiB. If the store is slower, later spans are dropped. */
const LIMITS: OutboxLimits = { maxQueued: 2_048, maxBatch: 512, delayMs: 1_000, deadlineMs: 2_000 };

/**
 * Sends ended spans in batches, one batch at a time. If the store is down or slow, spans are dropped and counted. Requests never wait for the
 * store, batches are not retried, and at most `maxQueued` spans are queued. The SDK's own batch processor waits for an exporter without a
 * deadline, and does not expose its count of dropped spans.
 */
export class SpanOutbox implements SpanProcessor {
  readonly #options: OutboxOptions;
  readonly #limits: OutboxLimits;
  readonly #queue: EndedSpan[] = [];
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#limits = options.limits ?? LIMITS;
  }

  onStart(): void {
    // Only ended spans are sent.
  }

  onEnd(span: EndedSpan): void {
    if (this.#queue.length + this.#inFlight >= this.#limits.maxQueued) {
      this.#options.onDropped('queue-full', 1);
      return;
    }
    this.#queue.push(span);
    this.#schedule();
  }

  /** Sends all queued spans; resolves when they are sent or dropped. */
  async forceFlush(): Promise<void> {
    while (this.#sending !== undefined || this.#queue.length > 0) await (this.#sending ?? this.#sendBatch());
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#sending !== undefined || this.#queue.length === 0) return;
    if (this.#queue.length >= this.#limits.maxBatch) void this.#sendBatch();
    else this.#timer ??= setTimeout(() => void this.#sendBatch(), this.#limits.delayMs).unref();
  }

  #sendBatch(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#sendNow(this.#queue.splice(0, this.#limits.maxBatch)).finally(() => {
      this.#inFlight = 0;
      this.#sending = undefined;
      this.#schedule();
    });
    return this.#sending;
  }

  async #sendNow(batch: readonly EndedSpan[]): Promise<void> {
    this.#inFlight = batch.length;
    const { send, onSent, onDropped } = this.#options;
    try {
      await send(batch, AbortSignal.timeout(this.#limits.deadlineMs));
      onSent(batch.length);
    } catch {
      onDropped('store-failed', batch.length);
    }
  }
}
