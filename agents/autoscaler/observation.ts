/** The answer of one load balancer about the pool of the application hosts. */
export interface BalancerReading {
  /** Monotonic time of the answer, in ms. */
  readonly takenAtMs: number;
  /** Requests in flight, including those that wait for a host. */
  readonly inFlight: number;
  /** Requests per second since the reading before, including refused ones. Negative after a reset of the counter, and then invalid. */
  readonly requestRate: number;
  /** Hosts in rotation. */
  readonly up: readonly string[];
}

/**
 * The measurements of one tick. A missing value is unknown, never 0. The simulation makes them from its pool; on the stack they come from HAProxy's
 * runtime API, Alertmanager and the record of drains.
 */
export interface Observation {
  /** One entry per configured load balancer. `undefined`: no answer. */
  readonly balancers: Readonly<Record<string, BalancerReading | undefined>>;
  /** Latency of the slowest percent of requests, in ms; 0 without requests. */
  readonly latencyMs: number | undefined;
  /** Use of the scarcest resource of the database, 0 … 1. */
  readonly databaseSaturation: number | undefined;
  /** Names of firing symptom alerts. `undefined`: no Alertmanager answers. */
  readonly symptomAlerts: readonly string[] | undefined;
  /** Hosts that should serve but do not answer. */
  readonly lostHosts: readonly string[];
  /** Hosts that an operator has drained. */
  readonly drainedHosts: readonly string[];
  /** Hosts with a running application, in rotation or not: each holds connections to the database. */
  readonly runningHosts: readonly string[];
}

/** The clocks of a tick. Only schedules and the forecast use wall time, so a step of it has no other effect. */
export interface Now {
  readonly monotonicMs: number;
  /** Milliseconds since the epoch. */
  readonly wallMs: number;
}
