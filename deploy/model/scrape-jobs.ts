import { hopsOf } from './hops.ts';
import type { MonitoringTimings } from './profile.ts';
import { addressOn, hostsOf, PORTS, type Tier, type Topology } from './topology.ts';

/** How often a job is scraped. `fast`: most alerts use it; `self`: metrics of the monitors; `detail`: server metrics; `probe`: probes. */
export type ScrapeClass = 'fast' | 'self' | 'detail' | 'slow' | 'probe';

/** Scrape interval of a class, in ms. */
export function scrapeClassIntervalMs(timings: MonitoringTimings, scrapeClass: ScrapeClass): number {
  return {
    fast: timings.scrapeIntervalMs,
    self: timings.monitorScrapeIntervalMs,
    detail: timings.detailScrapeIntervalMs,
    slow: timings.slowScrapeIntervalMs,
    probe: timings.probeIntervalMs,
  }[scrapeClass];
}

/** Poll interval of the service disk-space, in ms: disks fill slowly. */
export function diskPollMs(timings: MonitoringTimings): number {
  return 5 * timings.probeIntervalMs;
}

/** A scrape job: an endpoint that every host of a tier exposes, or a probe module of the exporter on the same monitor. */
export interface Job {
  /** The value of the label `job`. */
  readonly name: string;
  /** Targets: the enabled hosts of one or more tiers; `every`: of all tiers; `hops`: see {@link hopsOf}; `shop`: the site as a whole; `stack`: what the monitor knows about the stack. */
  readonly of: Tier | readonly Tier[] | 'every' | 'hops' | 'shop' | 'stack';
  readonly port: number;
  /** Module of the exporter on the same host as Prometheus, which gets the target's name as a parameter. */
  readonly module?: string;
  readonly scrapeClass: ScrapeClass;
  /** The scrape timeout is the job's own interval. All other jobs have the `fast` interval as their timeout. */
  readonly timeoutIsInterval?: true;
  /** Default `/metrics`. */
  readonly path?: string;
  /** Regular expression of the metrics to keep from a program that exposes many more. */
  readonly keep?: string;
  /** Series to drop: a label, and a regular expression of its values. */
  readonly drop?: { readonly label: string; readonly values: string };
  /** Job on the same host. If both are down and the host has no alert of its own, only that job alerts. */
  readonly inhibitedByJob?: string;
}

/** All scrape jobs. Hosts are scraped at their addresses in the network `ops`. */
export const SCRAPE_JOBS: readonly Job[] = [
  {
    name: 'haproxy',
    of: ['lb', 'edge'],
    port: PORTS.haproxyStats,
    scrapeClass: 'fast',
    // Proxy sections that only contain stick tables.
    drop: { label: 'proxy', values: 'client-.*|attempts' },
  },
  { name: 'lb-state', of: 'lb', port: PORTS.lbState, scrapeClass: 'fast' },
  { name: 'db-role', of: 'lb', port: PORTS.roleAgentMetrics, scrapeClass: 'fast' },
  { name: 'app', of: 'app', port: PORTS.appMetrics, scrapeClass: 'fast' },
  { name: 'mysql', of: 'db', port: PORTS.exporter, module: 'mysql', scrapeClass: 'detail' },
  { name: 'mysql-detail', of: 'db', port: PORTS.exporter, module: 'mysql-detail', scrapeClass: 'slow' },
  { name: 'valkey', of: 'cache', port: PORTS.exporter, module: 'valkey', scrapeClass: 'detail' },
  { name: 'sentinel', of: 'cache', port: PORTS.exporter, module: 'sentinel', scrapeClass: 'detail' },
  { name: 'nginx', of: 'web', port: PORTS.exporter, module: 'nginx', scrapeClass: 'detail' },
  { name: 'nginx-log', of: 'web', port: PORTS.exporter, module: 'nginx-log', scrapeClass: 'detail' },
  { name: 'haproxy-log', of: ['lb', 'edge'], port: PORTS.exporter, module: 'haproxy-log', scrapeClass: 'detail' },
  // Availability is evaluated over seconds, and there are only two series per entry.
  { name: 'site', of: ['lb', 'edge'], port: PORTS.exporter, module: 'site', scrapeClass: 'fast' },
  { name: 'varnish', of: 'edge', port: PORTS.exporter, module: 'varnish', scrapeClass: 'probe' },
  { name: 'host', of: 'every', port: PORTS.exporter, module: 'host', scrapeClass: 'probe' },
  { name: 'hop', of: 'hops', port: PORTS.exporter, module: 'hop', scrapeClass: 'probe' },
  {
    name: 'journey',
    of: 'shop',
    port: PORTS.exporter,
    module: 'journey',
    scrapeClass: 'probe',
    timeoutIsInterval: true,
  },
  { name: 'operations', of: 'stack', port: PORTS.exporter, module: 'operations', scrapeClass: 'detail' },
  { name: 'exporter', of: 'monitor', port: PORTS.exporter, scrapeClass: 'self' },
  {
    name: 'prometheus',
    of: 'monitor',
    port: PORTS.prometheus,
    scrapeClass: 'self',
    keep: 'process_.*|prometheus_(build|config|engine|notifications|rule|sd_discovered|target_interval_length|target_scrapes_sample|tsdb)_.*',
  },
  {
    name: 'alertmanager',
    of: 'monitor',
    port: PORTS.alertmanager,
    scrapeClass: 'self',
    keep: 'process_.*|alertmanager_(alerts.*|(build|cluster|config|notification|notifications|silences)_.*)',
  },
  { name: 'notifier', of: 'monitor', port: PORTS.notifier, scrapeClass: 'self' },
  { name: 'deadman', of: 'mail', port: PORTS.notifier, scrapeClass: 'self', inhibitedByJob: 'mailbox' },
  { name: 'mailbox', of: 'mail', port: PORTS.mailbox, scrapeClass: 'fast' },
  {
    name: 'zipkin',
    of: 'trace',
    port: PORTS.zipkin,
    scrapeClass: 'probe',
    path: '/prometheus',
    keep: 'zipkin_collector_.*|jvm_memory_(used|max)_bytes',
  },
  { name: 'trace-logs', of: 'trace', port: PORTS.traceLogsPage, scrapeClass: 'probe', inhibitedByJob: 'zipkin' },
];

/** The address at which each Prometheus scrapes itself. Its label `instance` lets rules, which are the same on both, select their own Prometheus. */
export const OWN_PROMETHEUS = `127.0.0.1:${PORTS.prometheus}`;

/** One target of a job. */
export interface Target {
  /** The value of the label `host`. */
  readonly name: string;
  readonly tier: Tier;
  /** The host's address in `ops`; missing if the target is not a host. */
  readonly address?: string;
}

/** The targets of a job. */
export function targetsOf(topology: Topology, { of }: Job): readonly Target[] {
  if (of === 'hops') return hopsOf(topology);
  if (of === 'shop') return [{ name: 'shop', tier: 'lb' }];
  if (of === 'stack') return [{ name: 'stack', tier: 'monitor' }];
  const hosts =
    of === 'every'
      ? topology.hosts.filter(({ enabled }) => enabled)
      : [of].flat().flatMap((tier) => hostsOf(topology, tier));
  return hosts.map((host) => ({ name: host.name, tier: host.tier, address: addressOn(host, 'ops') }));
}

/** Jobs that use a module of the exporter. */
export const PROBED_JOBS: readonly Job[] = SCRAPE_JOBS.filter(({ module }) => module !== undefined);

/** The longest scrape interval: a shorter range may contain only one sample. */
export function slowestScrapeIntervalMs(timings: MonitoringTimings): number {
  return Math.max(...SCRAPE_JOBS.map(({ scrapeClass }) => scrapeClassIntervalMs(timings, scrapeClass)));
}
