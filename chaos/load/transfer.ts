/** One request of a client that sends or reads slowly, as the client saw it. */
export interface Transfer {
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly durationMs: number;
  /** 0 without a response. */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The bytes of the body as they arrived, also of an incomplete one. */
  readonly body: Buffer;
  /** Why the response is missing or incomplete. Other statuses than 200 are no error here. */
  readonly error?: string;
  /** Why this transfer is not evidence about the stack: this client did not keep its own pace. */
  readonly clientProblem?: string;
}

/** Starts the clock of a transfer. The result completes one with its duration. */
export function beginTransfer(): (end: Partial<Omit<Transfer, 'startMs' | 'durationMs'>>) => Transfer {
  const startMs = Date.now();
  const began = performance.now();
  return (end) => ({
    ...{ startMs, durationMs: Math.round((performance.now() - began) * 1_000) / 1_000 },
    ...{ status: 0, headers: new Map<string, string>(), body: Buffer.alloc(0) },
    ...end,
  });
}
