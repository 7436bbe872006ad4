export type CircuitState = 'closed' | 'open' | 'half-open';

interface CircuitOptions {
  /** Consecutive failures that open the circuit. */
  readonly failures: number;
  /** How long it stays open before one probe is let through. */
  readonly retryMs: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Decides whether calls to a dependency are allowed. */
export class CircuitBreaker {
  readonly #options: CircuitOptions;
  #state: CircuitState = 'closed';
  #failures = 0;
  #openedAt = 0;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Whether ordinary calls are allowed. Probes need {@link tryProbe}. */
  get allowsCalls(): boolean {
    return this.#state === 'closed';
  }

  /** Makes an open circuit half-open after `retryMs`; true for the one caller that must now probe. */
  tryProbe(): boolean {
    if (this.#state !== 'open' || this.#options.now() - this.#openedAt < this.#options.retryMs) return false;
    this.#state = 'half-open';
    return true;
  }

  succeed(): void {
    // A late success of a call from before the circuit opened does not count.
    if (this.#state === 'open') return;
    this.#state = 'closed';
    this.#failures = 0;
  }

  /** Returns true when this failure opened the circuit. */
  fail(): boolean {
    this.#failures += 1;
    const opens = this.#state === 'half-open' || (this.#state === 'closed' && this.#failures >= this.#options.failures);
    if (opens) this.open();
    return opens;
  }

  /** Closes the circuit in any state, because a call on a new connection succeeded. */
  reset(): void {
    this.#state = 'closed';
    this.#failures = 0;
  }

  /** Opens the circuit without counting failures, for example after the connection was lost. */
  open(): void {
    this.#state = 'open';
    this.#failures = 0;
    this.#openedAt = this.#options.now();
  }
}
