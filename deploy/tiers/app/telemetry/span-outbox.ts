import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';

export type SpanProcessor = NonNullable<NodeSDKConfiguration['spanProcessors']>[number];
/** A span that has ended, as the SDK hands it over. */
export type EndedSpan = Parameters<SpanProcessor['onEnd']>[0];

/** Sends spans; rejects when the store did not take them within `signal`'s time. */
export type SendSpans = (spans: readonly EndedSpan[], signal: AbortSignal) => Promise<void>;

interface OutboxOptions {
  readonly send: SendSpans;
  readonly onSent: (count: number) => void;
  readonly onDropped: (reason: 'queue-full' | 'store-failed', count: number) => void;
  readonly limits?: OutboxLimits;
}

interface OutboxLimits {
  /** Spans that wait, those under way included. */
  readonly maxQueued: number;
  readonly maxBatch: number;
  /** How long a span waits for others. */
  readonly delayMs: number;
  readonly deadlineMs: number;
}

/** Five seconds of a site on which everything fails, about 2 MiB each; a store that is slower than that gets the first of them. */
const LIMITS: OutboxLimits = { maxQueued: 2_048, maxBatch: 512, delayMs: 1_000, deadlineMs: 2_000 };

/**
 * Takes ended spans and sends them in batches, one at a time. A store that is gone or slow costs spans, and they are counted: nobody
 * waits for it, nothing is tried twice, and no more than `maxQueued` are ever held. (The SDK's own batches wait for an exporter without a
 * deadline, and count what they drop for no one to see.)
 */
export class SpanOutbox implements SpanProcessor {
  readonly #options: OutboxOptions;
  readonly #limits: OutboxLimits;
  readonly #queue: EndedSpan[] = [];
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#limits = options.limits ?? LIMITS;
  }

  onStart(): void {
    // Only what has ended is of interest.
  }

  onEnd(span: EndedSpan): void {
    if (this.#queue.length + this.#underWay >= this.#limits.maxQueued) {
      this.#options.onDropped('queue-full', 1);
      return;
    }
    this.#queue.push(span);
    this.#schedule();
  }

  /** Sends what is there; resolves when it was sent or dropped. */
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
      this.#underWay = 0;
      this.#sending = undefined;
      this.#schedule();
    });
    return this.#sending;
  }

  async #sendNow(batch: readonly EndedSpan[]): Promise<void> {
    this.#underWay = batch.length;
    const { send, onSent, onDropped } = this.#options;
    try {
      await send(batch, AbortSignal.timeout(this.#limits.deadlineMs));
      onSent(batch.length);
    } catch {
      onDropped('store-failed', batch.length);
    }
  }
}
