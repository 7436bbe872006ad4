import { hopsOf } from './hops.ts';
import type { MonitoringTimings } from './profile.ts';
import { addressOn, hostsOf, PORTS, type Tier, type Topology } from './topology.ts';

/** How often something is asked. `usual`: what most alerts are made from; `detail`: how servers fare. */
export type ScrapeClass = 'usual' | 'monitor' | 'detail' | 'seldom' | 'round';

/** Time between two scrapes of a job, in ms. */
export function paceMs(watch: MonitoringTimings, pace: ScrapeClass): number {
  return {
    usual: watch.scrapeIntervalMs,
    monitor: watch.monitorScrapeIntervalMs,
    detail: watch.detailScrapeIntervalMs,
    seldom: watch.slowScrapeIntervalMs,
    round: watch.probeIntervalMs,
  }[pace];
}

/** Time between two looks of the service disk-space, in ms: disks fill slowly. */
export function diskLookMs(watch: MonitoringTimings): number {
  return 5 * watch.probeIntervalMs;
}

/** One thing that is exposed to Prometheus by every host of a tier, or that the exporter beside Prometheus finds out. */
export interface Job {
  /** The value of the label `job`, which rules select by. */
  readonly name: string;
  /** Whose enabled hosts are asked, of one tier or several; `every`: those of all tiers; `hops`: see {@link hopsOf}; `shop`: the site as a whole. */
  readonly of: Tier | readonly Tier[] | 'every' | 'hops' | 'shop';
  readonly port: number;
  /** Asked of the exporter beside this Prometheus, by the name of the target. */
  readonly module?: string;
  readonly pace: ScrapeClass;
  /** May take its whole interval. Whatever else takes longer than the usual interval is as good as down. */
  readonly timeoutIsInterval?: true;
  /** Where it is asked if not at `/metrics`. */
  readonly path?: string;
  /** Names of what is kept of somebody else's many metrics, as a regular expression. */
  readonly keep?: string;
  /** Series that are not kept: values of one of their labels, as a regular expression. */
  readonly drop?: { readonly label: string; readonly values: string };
  /** The job on the same host that is told as lost in its place when both are, where no alert of the host itself says it. */
  readonly inhibitedByJob?: string;
}

/** What is scraped. Hosts are asked at their addresses in the network `ops`. */
export const SCRAPE_JOBS: readonly Job[] = [
  {
    name: 'haproxy',
    of: ['lb', 'edge'],
    port: PORTS.haproxyStats,
    pace: 'usual',
    // Sections that only hold tables.
    drop: { label: 'proxy', values: 'client-.*|attempts' },
  },
  { name: 'lb-state', of: 'lb', port: PORTS.lbState, pace: 'usual' },
  { name: 'db-role', of: 'lb', port: PORTS.roleAgentMetrics, pace: 'usual' },
  { name: 'app', of: 'app', port: PORTS.appMetrics, pace: 'usual' },
  { name: 'mysql', of: 'db', port: PORTS.exporter, module: 'mysql', pace: 'detail' },
  { name: 'mysql-detail', of: 'db', port: PORTS.exporter, module: 'mysql-detail', pace: 'seldom' },
  { name: 'valkey', of: 'cache', port: PORTS.exporter, module: 'valkey', pace: 'detail' },
  { name: 'sentinel', of: 'cache', port: PORTS.exporter, module: 'sentinel', pace: 'detail' },
  { name: 'nginx', of: 'web', port: PORTS.exporter, module: 'nginx', pace: 'detail' },
  { name: 'nginx-log', of: 'web', port: PORTS.exporter, module: 'nginx-log', pace: 'detail' },
  { name: 'haproxy-log', of: ['lb', 'edge'], port: PORTS.exporter, module: 'haproxy-log', pace: 'detail' },
  // Availability is judged over seconds, and these are two series per entry.
  { name: 'site', of: ['lb', 'edge'], port: PORTS.exporter, module: 'site', pace: 'usual' },
  { name: 'varnish', of: 'edge', port: PORTS.exporter, module: 'varnish', pace: 'round' },
  { name: 'host', of: 'every', port: PORTS.exporter, module: 'host', pace: 'round' },
  { name: 'hop', of: 'hops', port: PORTS.exporter, module: 'hop', pace: 'round' },
  { name: 'journey', of: 'shop', port: PORTS.exporter, module: 'journey', pace: 'round', timeoutIsInterval: true },
  { name: 'exporter', of: 'monitor', port: PORTS.exporter, pace: 'monitor' },
  {
    name: 'prometheus',
    of: 'monitor',
    port: PORTS.prometheus,
    pace: 'monitor',
    keep: 'process_.*|prometheus_(build|config|engine|notifications|rule|sd_discovered|target_interval_length|target_scrapes_sample|tsdb)_.*',
  },
  {
    name: 'alertmanager',
    of: 'monitor',
    port: PORTS.alertmanager,
    pace: 'monitor',
    keep: 'process_.*|alertmanager_(alerts.*|(build|cluster|config|notification|notifications|silences)_.*)',
  },
  { name: 'notifier', of: 'monitor', port: PORTS.notifier, pace: 'monitor' },
  { name: 'deadman', of: 'mail', port: PORTS.notifier, pace: 'monitor', inhibitedByJob: 'mailbox' },
  { name: 'mailbox', of: 'mail', port: PORTS.mailbox, pace: 'usual' },
  {
    name: 'zipkin',
    of: 'trace',
    port: PORTS.zipkin,
    pace: 'round',
    path: '/prometheus',
    keep: 'zipkin_collector_.*|jvm_memory_(used|max)_bytes',
  },
  { name: 'logbook', of: 'trace', port: PORTS.logbookPage, pace: 'round', inhibitedByJob: 'zipkin' },
];

/** The address at which each Prometheus asks itself, and so the label `instance` by which rules, the same on both, know their own one. */
export const OWN_PROMETHEUS = `127.0.0.1:${PORTS.prometheus}`;

/** One target of a job. */
export interface Target {
  /** The value of the label `host`. */
  readonly name: string;
  readonly tier: Tier;
  /** Where a host is; missing for what is no host. */
  readonly address?: string;
}

/** The targets of a job. */
export function targetsOf(topology: Topology, { of }: Job): readonly Target[] {
  if (of === 'hops') return hopsOf(topology);
  if (of === 'shop') return [{ name: 'shop', tier: 'lb' }];
  const hosts =
    of === 'every'
      ? topology.hosts.filter(({ enabled }) => enabled)
      : [of].flat().flatMap((tier) => hostsOf(topology, tier));
  return hosts.map((host) => ({ name: host.name, tier: host.tier, address: addressOn(host, 'ops') }));
}

/** Jobs that the exporter beside each Prometheus answers for. */
export const PROBED_JOBS: readonly Job[] = SCRAPE_JOBS.filter(({ module }) => module !== undefined);

/** The longest time between two scrapes of anything: what is computed over less may see one sample only. */
export function slowestPaceMs(watch: MonitoringTimings): number {
  return Math.max(...SCRAPE_JOBS.map(({ pace }) => paceMs(watch, pace)));
}
