interface RetryBudgetOptions {
  /** Retries that may be made at once. */
  readonly burst: number;
  /** Retries per second that may go on for ever. */
  readonly perSecond: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/**
 * Limits how much work retries may add. A lost server causes a burst of them, which is what they are for; when everything is slow, each
 * retry makes it slower, and they have to stop.
 */
export class RetryBudget {
  readonly #options: RetryBudgetOptions;
  #tokens: number;
  #filledAt: number;

  constructor(options: RetryBudgetOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledAt = options.now();
  }

  /** Takes one retry out of the budget, if there is one left. */
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
