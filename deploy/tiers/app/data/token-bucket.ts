interface TokenBucketOptions {
  /** Capacity: the number of tokens that can be taken at once. */
  readonly burst: number;
  /** Refill rate. */
  readonly perSecond: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** A rate limiter with a burst and a sustained rate. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #tokens: number;
  #filledAt: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledAt = options.now();
  }

  /** Takes a token; false if there is none. */
  take(): boolean {
    const { burst, perSecond, now } = this.#options;
    const at = now();
    this.#tokens = Math.min(burst, this.#tokens + ((at - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = at;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
