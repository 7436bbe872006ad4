import { isKnown } from './is-known.ts';
import type { BalancerReading, Now, Observation } from './observation.ts';
import type { Settings } from './settings.ts';

/** The load of the pool, from all load balancers that answer. */
export interface Load {
  /** Hosts that the request rate needs, a fraction. */
  readonly rateNeed: number;
  /** Hosts that the requests in flight need, a fraction. */
  readonly inFlightNeed: number;
  /** Hosts in rotation on every load balancer that answers. */
  readonly up: readonly string[];
  /** Hosts in rotation on some load balancers only. */
  readonly disputed: readonly string[];
  /** Load balancers without a valid answer. */
  readonly silent: readonly string[];
}

/**
 * Adds up the load of the load balancers: each counts its own requests, and those of a failed one move to the other. Undefined if no
 * answer is valid.
 */
export function readLoad({ balancers }: Observation, settings: Settings, now: Now): Load | undefined {
  const entries = Object.entries(balancers);
  const valid = entries.flatMap(([, reading]) => (isValid(reading, settings, now) ? [reading] : []));
  if (valid.length === 0) return undefined;
  const sum = (pick: (reading: BalancerReading) => number): number =>
    valid.reduce((total, reading) => total + pick(reading), 0);
  const named = settings.slots.filter((slot) => valid.some(({ up }) => up.includes(slot)));
  const up = named.filter((slot) => valid.every((reading) => reading.up.includes(slot)));
  return {
    rateNeed: sum(({ requestRate }) => requestRate) / settings.target.requestRate,
    inFlightNeed: sum(({ inFlight }) => inFlight) / settings.target.inFlight,
    up,
    disputed: named.filter((slot) => !up.includes(slot)),
    silent: entries.filter(([, reading]) => !isValid(reading, settings, now)).map(([name]) => name),
  };
}

function isValid(reading: BalancerReading | undefined, { maxAgeMs }: Settings, now: Now): reading is BalancerReading {
  if (reading === undefined) return false;
  const ageMs = now.monotonicMs - reading.takenAtMs;
  return ageMs >= 0 && ageMs <= maxAgeMs && isKnown(reading.inFlight) && isKnown(reading.requestRate);
}
