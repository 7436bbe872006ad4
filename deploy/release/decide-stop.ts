import type { Counts } from './counts.ts';

/** A host with the image of the new release. */
export interface NewHost {
  readonly name: string;
  /** Time since the rollout first saw it. */
  readonly sinceMs: number;
  readonly isHealthy: boolean;
  /** It was healthy before. */
  readonly wasHealthy: boolean;
}

/** Observations since the start of a rollout. */
export interface RolloutView {
  readonly hosts: readonly NewHost[];
  /** Requests of hosts with the new release, and of all others. */
  readonly after: Counts;
  readonly before: Counts;
  /** SLO burn-rate alerts that fire, and did not when the rollout began. */
  readonly burning: readonly string[];
  /** Time since a load balancer reported counters, and since a monitor reported alerts. */
  readonly countersAgeMs: number;
  readonly alertsAgeMs: number;
}

export interface RolloutLimits {
  /** From the creation of a host until it is healthy. */
  readonly readyMs: number;
  /** Observation of each new host before the next one. */
  readonly bakeMs: number;
}

/** A rollout that cannot be observed for longer stops. Scrapes and polls on a busy machine take seconds. */
const BLIND_MS = 15_000;

/** Fewer failures can be chance, and one request may be counted by each load balancer that retried it. */
const MIN_FAILURES = 3;
/** Share of failed requests above which a release is returned. */
const MAX_FAILURE_RATIO = 0.01;
/** Failures of the new release count only above this multiple of the share of the release before. Both fail alike if a dependency is down. */
const MIN_RISE = 2;

/** Why a rollout must stop; `undefined` if it may continue. Pure. */
export function decideStop(view: RolloutView, { readyMs }: Pick<RolloutLimits, 'readyMs'>): string | undefined {
  for (const { name, sinceMs, isHealthy, wasHealthy } of view.hosts) {
    if (!isHealthy && wasHealthy) return `${name} became unhealthy`;
    if (!isHealthy && sinceMs > readyMs) return `${name} was not ready within ${readyMs / 1_000} s`;
  }
  const { after, before } = view;
  const ratio = ratioOf(after);
  if (after.failures >= MIN_FAILURES && ratio > MAX_FAILURE_RATIO && ratio > MIN_RISE * ratioOf(before)) {
    return `${renderFailures(after)}, above ${MAX_FAILURE_RATIO * 100} % (release before: ${renderFailures(before)})`;
  }
  const [alert] = view.burning;
  if (alert !== undefined) return `${alert} fires`;
  if (view.countersAgeMs > BLIND_MS) return `no load balancer has reported its counters for ${BLIND_MS / 1_000} s`;
  if (view.alertsAgeMs > BLIND_MS) return `no monitor has reported its alerts for ${BLIND_MS / 1_000} s`;
  return undefined;
}

function ratioOf({ requests, failures }: Counts): number {
  return requests === 0 ? 0 : failures / requests;
}

function renderFailures(counts: Counts): string {
  return `${(ratioOf(counts) * 100).toFixed(1)} % of requests failed, ${counts.failures} of ${counts.requests}`;
}

/** The upper bound of the share of failed requests, with 95 % confidence, in percent; for no failure, the rule of three. */
export function describeConfidence({ requests, failures }: Counts): string {
  if (requests === 0) return 'no request reached it, so its errors are unknown';
  if (failures > 0) return `${failures} of ${requests} requests failed`;
  const bound = Math.min(100, (1 - 0.05 ** (1 / requests)) * 100);
  const text = `0 of ${requests} requests failed: below ${bound.toPrecision(2)} % with 95 % confidence`;
  return bound > MAX_FAILURE_RATIO * 100 ? `${text}, too few to notice ${MAX_FAILURE_RATIO * 100} %` : text;
}
