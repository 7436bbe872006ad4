import { setTimeout as sleep } from 'node:timers/promises';

interface WriteGateOptions {
  /** Resolves if a server accepts writes, throws otherwise. Has its own deadline. */
  readonly probe: () => Promise<void>;
  /** Between two probes. */
  readonly intervalMs: number;
}

/**
 * Holds writes while there is no writable server. A single probe loop checks for one, instead of every waiting write opening its own
 * connections. All writes continue as soon as a probe succeeds.
 */
export class WriteGate {
  readonly #options: WriteGateOptions;
  #opening: Promise<void> | undefined;
  #waiting = 0;

  constructor(options: WriteGateOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#opening === undefined;
  }

  /** Closes the gate until a probe succeeds. Probes stop when no write waits; the gate is then open for the next write to try. */
  close(): void {
    this.#opening ??= this.#probeUntilOpen();
  }

  /** Resolves to whether the gate opened within `waitMs`. */
  async waitOpen(waitMs: number): Promise<boolean> {
    if (this.#opening === undefined) return true;
    this.#waiting += 1;
    const timeout = new AbortController();
    try {
      return await Promise.race([
        this.#opening.then(() => true),
        sleep(waitMs, false, { signal: timeout.signal }).catch(() => false),
      ]);
    } finally {
      this.#waiting -= 1;
      timeout.abort();
    }
  }

  async #probeUntilOpen(): Promise<void> {
    // Stops when no write waits: an idle application does not probe a database that is down, and the next write tries itself.
    do {
      try {
        await this.#options.probe();
        break;
      } catch {
        await sleep(this.#options.intervalMs);
      }
    } while (this.#waiting > 0);
    this.#opening = undefined;
  }
}
