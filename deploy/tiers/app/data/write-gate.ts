import { setTimeout as sleep } from 'node:timers/promises';

interface WriteGateOptions {
  /** Resolves when a server takes writes, throws when not. Has a deadline of its own. */
  readonly probe: () => Promise<void>;
  /** Between two probes. */
  readonly intervalMs: number;
}

/**
 * Where writes wait while there is no writable server. One caller's worth of probes asks for it, instead of every waiting write
 * opening connections of its own, and all go on as soon as it answers.
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

  /** Closes the gate until a probe succeeds. Probes run only while somebody waits; the next write starts them again. */
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
    // Given up when nobody waits: an idle application does not knock on a dead database, and the next write tries for itself.
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
