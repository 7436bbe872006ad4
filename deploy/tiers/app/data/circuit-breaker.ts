export type CircuitState = 'closed' | 'open' | 'half-open';

interface CircuitOptions {
  /** Failures in a row that open the circuit. */
  readonly failures: number;
  /** How long it stays open before one probe is let through. */
  readonly retryMs: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Decides whether a dependency is worth asking. Knows nothing of what is asked. */
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

  /** Whether ordinary calls may go through. A probe is started by {@link tryProbe} only. */
  get allowsCalls(): boolean {
    return this.#state === 'closed';
  }

  /** Turns an open circuit half-open when its time has come; true for the one caller that must now probe. */
  tryProbe(): boolean {
    if (this.#state !== 'open' || this.#options.now() - this.#openedAt < this.#options.retryMs) return false;
    this.#state = 'half-open';
    return true;
  }

  succeed(): void {
    // A late success of a call from before the circuit opened says nothing about now.
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

  /** Closes the circuit whatever it was: the dependency was seen to work on a new connection. */
  reset(): void {
    this.#state = 'closed';
    this.#failures = 0;
  }

  /** Opens the circuit without counting, for example when the connection is gone. */
  open(): void {
    this.#state = 'open';
    this.#failures = 0;
    this.#openedAt = this.#options.now();
  }
}
