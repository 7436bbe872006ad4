import type { OrderAttempt } from '../evidence/write-ledger.ts';
import type { RequestRecord } from '../evidence/request-record.ts';

export const SUITES = ['smoke', 'steady', 'ramp'] as const;
export type Suite = (typeof SUITES)[number];

/** A place to send requests to. */
export interface LoadTarget {
  /** As it stands in the records: `virtual-address`, `edge1` … */
  readonly name: string;
  /** `http://address[:port]`, without a path. */
  readonly url: string;
  /** The same for clients that cannot connect to `url`. */
  readonly otherwise?: string;
}

export interface LoadOptions {
  readonly suite: Suite;
  /** Letters, digits and hyphens; names the container and begins every Idempotency-Key. */
  readonly runId: string;
  /** Where the results go; made when missing. */
  readonly directory: string;
  /** Requests per second (of `ramp`: at its highest). */
  readonly rate?: number;
  readonly durationSeconds?: number;
  readonly targets: readonly LoadTarget[];
  /** Ends the load as {@link LoadRun.stop} does. */
  readonly signal: AbortSignal;
}

/** What a load left behind. */
export interface LoadResult {
  /** In the order in which they ended; dropped ones included, as failed records. */
  readonly records: readonly RequestRecord[];
  readonly orders: readonly OrderAttempt[];
  /** Requests that the generator should have sent and did not. */
  readonly dropped: number;
  readonly exitCode: number;
  /** k6's own page about the run, self-contained; none when the load was shorter than a few seconds. */
  readonly dashboardPath: string | undefined;
  /**
   * Every request that began before this has its record (milliseconds since the epoch). A window to judge must not end later: after a
   * {@link LoadRun.stop} the requests that were on their way are missing, and they may be the ones that hung.
   */
  readonly completeUntilMs: number;
  /** What makes the evidence incomplete or doubtful; judges turn each into `unknown`. */
  readonly problems: readonly string[];
}

/** A load that is running. Disposing stops it and waits until its container is gone. */
export interface LoadRun extends AsyncDisposable {
  readonly containerName: string;
  /** What has been recorded so far, without dropped requests: for progress and for waiting until the load is steady. */
  readonly records: readonly RequestRecord[];
  /** Ends the load early and waits for the end; not an error. Requests on their way get no record, orders are `unknown`. */
  stop(): Promise<void>;
  /** Settles when the load has ended and its records are read. Rejects (`load-failed`) only when it could not start. */
  readonly done: Promise<LoadResult>;
}
