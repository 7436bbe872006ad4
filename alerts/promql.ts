import { promDuration } from '../kit/prom-duration.ts';
import { scrapeClassIntervalMs, SCRAPE_JOBS } from '../deploy/model/scrape-jobs.ts';
import type { Host, Topology } from '../deploy/model/topology.ts';
import type { AlertName } from './names.ts';

/** Joins alternatives with `or`, one per line. */
export function anyOf(...expressions: readonly string[]): string {
  return expressions.map((expression) => `(${expression})`).join('\nor\n');
}

/** True for each host without any series: one that is missing from the configuration or was never scraped. */
export function absentPerHost(hosts: readonly Host[], selector: (host: string) => string): string {
  return hosts.map((host) => `max by (host) (absent(${selector(host.name)}))`).join('\nor\n');
}

/** A sum or maximum that is 0 without samples. */
export function orZero(aggregation: string): string {
  return `(${aggregation} or vector(0))`;
}

/** Hosts of a pool that every responding load balancer has marked down. */
export function downForEveryLoadBalancer(proxy: string): string {
  return onHost('server', `min by (server) (haproxy_server_status{proxy="${proxy}",state="DOWN"}) == 1`);
}

/** Copies a label to `host`; the expression must be aggregated by that label alone. */
export function onHost(label: string, expression: string): string {
  return `max by (host) (label_replace(${expression}, "host", "$1", "${label}", "(.+)"))`;
}

/** Whether this Prometheus scrapes anything at all: some target's newest sample is fresh. */
export function somethingScraped(topology: Topology): string {
  return `max(timestamp(up)) > time() - ${freshS(topology.profile.monitoring.scrapeIntervalMs)}`;
}

/** Whether every current target has a fresh sample, relative to its scrape interval. */
export function everythingScraped(topology: Topology): string {
  return [...Map.groupBy(SCRAPE_JOBS, ({ scrapeClass }) => scrapeClass)]
    .map(([scrapeClass, jobs]) => {
      const names = jobs.map(({ name }) => name).join('|');
      return `min(timestamp(up{job=~"${names}"})) > time() - ${freshS(scrapeClassIntervalMs(topology.profile.monitoring, scrapeClass))}`;
    })
    .join(' and on () ');
}

/** A failing scrape takes at most one interval until its timeout; the next scrape follows one interval later. */
function freshS(intervalMs: number): number {
  return (3 * intervalMs) / 1000;
}

/**
 * Alternatives, except for hosts with more specific alerts. Alertmanager inhibits these as well, but an Alertmanager that has just restarted
 * does not know the cause yet, so the rule itself excludes the symptom.
 */
export function unlessFiring(names: readonly AlertName[], ...expressions: readonly string[]): string {
  return `(${anyOf(...expressions)})\nunless on (host) ${firing(names)}`;
}

/** Like {@link unlessFiring}, for slowly scraped metrics whose last sample may be from the time when the cause was still firing. */
export function unlessFiredWithin(names: readonly AlertName[], ms: number, expression: string): string {
  return `(${expression})\nunless on (host) max_over_time(${firing(names)}[${promDuration(ms)}])`;
}

const firing = (names: readonly AlertName[]): string => `ALERTS{alertname=~"${names.join('|')}"}`;
