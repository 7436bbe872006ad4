import { setTimeout as sleep } from 'node:timers/promises';

interface WriteGateOptions {
  /** Resolves if a server accepts writes, throws otherwise. Has its own deadline. */
  readonly probe: () => Promise<void>;
  /** Between two probes. */
  readonly intervalMs: number;
  /** How long one write may try alone, before the others are admitted too. */
  readonly trialMs: number;
}

/** Admission of one attempt. */
export interface Admission {
  /** Reports whether the server accepted the attempt, or answered with an error that another server would give too. */
  settle(isAccepted: boolean): void;
}

/**
 * Holds writes while there is no writable server. A single probe loop checks for one, instead of every waiting write opening its own
 * connections. After a successful probe, one write tries alone, and all others follow when it succeeds: a server may refuse writes although the
 * probe succeeds. Without this, all waiting writes would try at the same time, fail, and open new connections, in a loop without a pause.
 */
export class WriteGate {
  readonly #options: WriteGateOptions;
  #opening: Promise<void> | undefined;
  /** Whether no write has succeeded since the gate was closed. */
  #isTrialDue = false;
  #trial: Promise<undefined> | undefined;
  #waiting = 0;

  constructor(options: WriteGateOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#opening === undefined;
  }

  /** Resolves when an attempt may begin, or to `undefined` if that is not within `waitMs`. Every admission must be settled. */
  async enter(waitMs: number): Promise<Admission | undefined> {
    const deadline = performance.now() + waitMs;
    this.#waiting += 1;
    try {
      for (let blocker = this.#blocker; blocker !== undefined; blocker = this.#blocker) {
        if (!(await endsWithin(blocker, deadline - performance.now()))) return undefined;
      }
      return this.#isTrialDue
        ? this.#beginTrial()
        : {
            settle: (isAccepted) => {
              if (!isAccepted) this.#close();
            },
          };
    } finally {
      this.#waiting -= 1;
    }
  }

  get #blocker(): Promise<unknown> | undefined {
    return this.#opening ?? this.#trial;
  }

  #beginTrial(): Admission {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#trial = promise;
    const settle = (isAccepted: boolean): void => {
      clearTimeout(timer);
      if (!isAccepted) this.#close();
      if (this.#trial !== promise) return;
      this.#trial = undefined;
      if (isAccepted) this.#isTrialDue = false;
      resolve(undefined);
    };
    // A write that waits for a row lock must not hold up all others.
    const timer = setTimeout(() => {
      settle(true);
    }, this.#options.trialMs);
    return { settle };
  }

  /** Closes the gate until a probe succeeds. Probes stop when no write waits; the next write then tries alone. */
  #close(): void {
    this.#opening ??= this.#probeUntilOpen();
  }

  async #probeUntilOpen(): Promise<void> {
    const { probe, intervalMs } = this.#options;
    // The last probe succeeded, and the write that followed it failed.
    if (this.#isTrialDue) await sleep(intervalMs);
    this.#isTrialDue = true;
    // Stops when no write waits: an idle application does not probe a database that is down, and the next write tries itself.
    do {
      try {
        await probe();
        break;
      } catch {
        await sleep(intervalMs);
      }
    } while (this.#waiting > 0);
    this.#opening = undefined;
  }
}

/** Whether `blocker` resolves within `ms`. */
async function endsWithin(blocker: Promise<unknown>, ms: number): Promise<boolean> {
  const timeout = new AbortController();
  try {
    return await Promise.race([
      blocker.then(() => true),
      sleep(Math.max(0, ms), false, { signal: timeout.signal }).catch(() => false),
    ]);
  } finally {
    timeout.abort();
  }
}
