import type { OrderAttempt } from '../evidence/write-ledger.ts';
import type { RequestRecord } from '../evidence/request-record.ts';

export const SUITES = ['smoke', 'steady', 'ramp', 'maintenance'] as const;
export type Suite = (typeof SUITES)[number];

/** A place to send requests to. */
export interface LoadTarget {
  /** Name in the records: `virtual-address`, `edge1` … */
  readonly name: string;
  /** `http://address[:port]`, without a path. */
  readonly url: string;
  /** Used by clients that cannot connect to `url`. */
  readonly fallbackUrl?: string;
}

export interface LoadOptions {
  readonly suite: Suite;
  /** Letters, digits and hyphens; names the container and begins every Idempotency-Key. */
  readonly runId: string;
  /** Directory of the results; created if missing. */
  readonly directory: string;
  /** Requests per second (of `ramp`: at its highest). */
  readonly rate?: number;
  readonly durationSeconds?: number;
  readonly targets: readonly LoadTarget[];
  /** Ends the load as {@link LoadRun.stop} does. */
  readonly signal: AbortSignal;
}

/** Result of a load. */
export interface LoadResult {
  /** In the order in which they ended; dropped ones included, as failed records. */
  readonly records: readonly RequestRecord[];
  readonly orders: readonly OrderAttempt[];
  /** Planned requests that the generator did not send. */
  readonly dropped: number;
  readonly exitCode: number;
  /** k6's self-contained HTML report; undefined when the load was shorter than a few seconds. */
  readonly dashboardPath: string | undefined;
  /**
   * Every request that began before this has its record (milliseconds since the epoch). A window to judge must not end later: after a
   * {@link LoadRun.stop} the in-flight requests have no record, and they may be the ones that hung.
   */
  readonly completeUntilMs: number;
  /** Problems that make the evidence incomplete or invalid. With any of them, judges turn `held` into `unknown`. */
  readonly problems: readonly string[];
}

/** A load that is running. Disposing stops it and waits until its container has ended. */
export interface LoadRun extends AsyncDisposable {
  readonly containerName: string;
  /** The records so far, without dropped requests: for progress and for waiting until the load is steady. */
  readonly records: readonly RequestRecord[];
  /** Ends the load early and waits for the end; not an error. In-flight requests get no record, in-flight orders are `unknown`. */
  stop(): Promise<void>;
  /** Settles when the load has ended and its records are read. Rejects (`load-failed`) only when it could not start. */
  readonly done: Promise<LoadResult>;
}
