/** The memory of the autoscaler between two ticks. Times are monotonic, in ms. */
export interface ScalerState {
  /** Hosts that should serve. */
  readonly desired: number;
  /** In chronological order; ticks without a valid answer are missing. */
  readonly samples: readonly Sample[];
  /** Hosts that were started and are not in rotation yet. */
  readonly starting: readonly { readonly host: string; readonly sinceMs: number }[];
  /** Hosts that never became ready, and the time of the next attempt. */
  readonly failed: readonly { readonly host: string; readonly untilMs: number }[];
  /** Hosts that the autoscaler drains. */
  readonly draining: readonly string[];
  readonly lastOutMs: number | undefined;
  readonly lastInMs: number | undefined;
  /** The lowest request rate of each past minute, in hosts. Minutes with a sudden fall are missing: their level is not that of usual traffic. */
  readonly levels: readonly Level[];
  /** The sudden fall of traffic that freezes scale-in, and the need before it. */
  readonly fall: { readonly atMs: number; readonly needBefore: number } | undefined;
}

/** The load of one tick, in hosts. */
export interface Sample {
  readonly atMs: number;
  readonly rateNeed: number;
  readonly inFlightNeed: number;
  /** Mean of the higher need over the panic window. */
  readonly recentNeed: number;
  /** Whether every load balancer answered. Otherwise the load was possibly higher. */
  readonly isComplete: boolean;
}

/** The lowest mean rate of a minute, in hosts. */
export interface Level {
  /** Start of the minute. */
  readonly atMs: number;
  readonly rateNeed: number;
}

/** The state of an autoscaler that starts with this number of hosts in service. */
export function initialState(desired: number): ScalerState {
  return {
    ...{ desired, samples: [], starting: [], failed: [], draining: [], levels: [] },
    ...{ lastOutMs: undefined, lastInMs: undefined, fall: undefined },
  };
}
