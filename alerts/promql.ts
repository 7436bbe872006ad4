import { promDuration } from '../kit/prom-duration.ts';
import { paceMs, SCRAPE_JOBS } from '../deploy/model/scrape-jobs.ts';
import type { Host, Topology } from '../deploy/model/topology.ts';
import type { AlertName } from './names.ts';

/** Alternatives, one a line. */
export function anyOf(...expressions: readonly string[]): string {
  return expressions.map((expression) => `(${expression})`).join('\nor\n');
}

/** True for each host whose series is not there at all: what vanished from the configuration or was never scraped. */
export function absentPerHost(hosts: readonly Host[], selector: (host: string) => string): string {
  return hosts.map((host) => `max by (host) (absent(${selector(host.name)}))`).join('\nor\n');
}

/** A sum or maximum that counts as 0 when there is nothing to add. */
export function orZero(aggregation: string): string {
  return `(${aggregation} or vector(0))`;
}

/** HAProxy's view of the servers of a pool: the hosts that every load balancer which still answers holds for down. */
export function downForEveryLoadBalancer(proxy: string): string {
  return onHost('server', `min by (server) (haproxy_server_status{proxy="${proxy}",state="DOWN"}) == 1`);
}

/** Names the host by another label; an expression aggregated by that label alone. */
export function onHost(label: string, expression: string): string {
  return `max by (host) (label_replace(${expression}, "host", "$1", "${label}", "(.+)"))`;
}

/** Whether this Prometheus scrapes anything at all: some target's newest sample is fresh. */
export function somethingScraped(topology: Topology): string {
  return `max(timestamp(up)) > time() - ${freshS(topology.profile.monitoring.scrapeIntervalMs)}`;
}

/** Whether every target that was seen lately has a fresh sample, as fresh goes at its pace. */
export function everythingScraped(topology: Topology): string {
  return [...Map.groupBy(SCRAPE_JOBS, ({ pace }) => pace)]
    .map(([pace, jobs]) => {
      const names = jobs.map(({ name }) => name).join('|');
      return `min(timestamp(up{job=~"${names}"})) > time() - ${freshS(paceMs(topology.profile.monitoring, pace))}`;
    })
    .join(' and on () ');
}

/** A scrape takes an interval at most until it has failed; then comes the next one. */
function freshS(intervalMs: number): number {
  return (3 * intervalMs) / 1000;
}

/**
 * Alternatives, but not for hosts of which other alerts say more. Alertmanager mutes those as well; one that has just come back does
 * not know the cause yet, so it is kept from the symptom here.
 */
export function unlessToldBy(names: readonly AlertName[], ...expressions: readonly string[]): string {
  return `(${anyOf(...expressions)})\nunless on (host) ${told(names)}`;
}

/** Like {@link unlessToldBy}, for what is looked at so seldom that the last look may be of the time when the cause was still told. */
export function unlessToldLately(names: readonly AlertName[], ms: number, expression: string): string {
  return `(${expression})\nunless on (host) max_over_time(${told(names)}[${promDuration(ms)}])`;
}

const told = (names: readonly AlertName[]): string => `ALERTS{alertname=~"${names.join('|')}"}`;
