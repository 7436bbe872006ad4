import { QUEUE_MS } from '../../../deploy/tiers/haproxy/process.ts';
import { REFERENCE_HOST } from '../reference-host.ts';

/** The model of a pool of equal hosts behind a load balancer that queues. */
export interface PoolModel {
  /** Requests that a host serves at the same time. */
  readonly workers: number;
  /** Time that a worker needs for a request. */
  readonly serviceSeconds: number;
  /** The load balancer refuses requests that would wait longer. */
  readonly queueSeconds: number;
  /** From the start of a host until it is in rotation. The same for all policies. */
  readonly startUpSeconds: number;
  readonly floor: number;
  readonly ceiling: number;
  /** A second with a higher mean latency is out of SLO. */
  readonly latencyLimitSeconds: number;
}

/** The application hosts of this stack behind its load balancers. */
export const DEFAULT_POOL: PoolModel = {
  ...REFERENCE_HOST,
  queueSeconds: QUEUE_MS / 1_000,
  ...{ floor: 2, ceiling: 8 },
  // Four times the service time.
  latencyLimitSeconds: 0.2,
};

/** The pool at the end of a second. */
export interface PoolState {
  /** Hosts in rotation. */
  readonly ready: number;
  /** Remaining seconds of each host that is starting. */
  readonly starting: readonly number[];
  /** Requests that wait for a worker. */
  readonly queued: number;
}

/** The result of one second. */
export interface PoolSecond {
  /** Requests that arrived, retries included. */
  readonly arrived: number;
  readonly refused: number;
  /** Mean number of requests with a worker. */
  readonly busy: number;
  readonly queued: number;
  /** Hosts in rotation during the second. */
  readonly ready: number;
  readonly starting: number;
  readonly latencySeconds: number;
  readonly isOutOfSlo: boolean;
}

/** Serves the requests that arrive in one second. Little's law gives the requests in flight, the queue the waiting time. */
export function serveSecond(
  model: PoolModel,
  state: PoolState,
  arrived: number,
): { readonly second: PoolSecond; readonly state: PoolState } {
  const starting = state.starting.map((left) => left - 1);
  const ready = state.ready + starting.filter((left) => left < 0).length;
  const capacity = (ready * model.workers) / model.serviceSeconds;
  const work = state.queued + arrived;
  const served = Math.min(work, capacity);
  const queued = Math.min(work - served, capacity * model.queueSeconds);
  const refused = work - served - queued;
  const latencySeconds = model.serviceSeconds + waitSeconds(model, ready, arrived) + queued / capacity;
  return {
    second: {
      ...{ arrived, refused, queued, ready, latencySeconds },
      starting: starting.filter((left) => left >= 0).length,
      busy: served * model.serviceSeconds,
      isOutOfSlo: refused > 0 || latencySeconds > model.latencyLimitSeconds,
    },
    state: { ready, starting: starting.filter((left) => left >= 0), queued },
  };
}

/**
 * Mean waiting time in a queue with several workers that is not overloaded, after Sakasegawa (1977), for random arrivals and service times. The
 * backlog of an overload is counted separately, so the utilisation is capped.
 */
function waitSeconds({ workers, serviceSeconds }: PoolModel, ready: number, arrived: number): number {
  const servers = ready * workers;
  const utilisation = Math.min(0.98, (arrived * serviceSeconds) / servers);
  return (serviceSeconds / servers) * (utilisation ** (Math.sqrt(2 * (servers + 1)) - 1) / (1 - utilisation));
}

/** Starts or drains hosts until `desired` are in rotation or starting. Drained hosts finish their requests beside the pool. */
export function resize(model: PoolModel, state: PoolState, desired: number): PoolState {
  const total = state.ready + state.starting.length;
  if (desired >= total) {
    const added = Array.from({ length: desired - total }, () => model.startUpSeconds);
    return { ...state, starting: [...state.starting, ...added] };
  }
  // Hosts that do not serve yet are stopped first.
  const starting = state.starting.slice(0, Math.max(0, state.starting.length - (total - desired)));
  return { ...state, starting, ready: desired - starting.length };
}
