import type { Topology } from '../../deploy/model/topology.ts';
import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import {
  absent,
  always,
  counts,
  dip,
  fires,
  slowCase,
  quiet,
  resolves,
  SELF_FOR_LONG,
  steady,
  step,
  type Counting,
  type Series,
} from '../alert-case.ts';
import { type Alert, toleratesOneMissedScrape, lowUrgencyFor, defaultFor, detailFor } from '../alert.ts';
import { anyOf, onHost } from '../promql.ts';

/** Problems that develop slowly or have no impact yet: they leave time to act before users notice. */
export function earlyWarnings({ profile: { monitoring } }: Topology): readonly Alert[] {
  return [
    diskFillingUp(monitoring),
    FILE_SYSTEM_READ_ONLY,
    diskSlow(monitoring),
    databaseLogWaits(monitoring),
    serverFlapping(monitoring),
    CACHE_CONNECTIONS_NEAR_LIMIT,
    clockSkewed(monitoring),
    sentinelTilted(monitoring),
  ];
}

const COMMON = {
  domain: 'host',
  severity: 'warning',
  owner: 'platform',
  group: 'background',
  onAbsent: { coveredBy: 'TargetDown' },
} as const;

const on = (host: string, mountpoint?: string) => ({
  labels: { host, ...(mountpoint === undefined ? {} : { mountpoint }) },
});
const filesystem = (name: string, host: string): string =>
  `node_filesystem_${name}{host="${host}",mountpoint="/data",fstype="ext4",job="host"}`;
const byMountpoint = (expression: string): string => `max by (host, mountpoint) (${expression})`;
/** A gauge with linear growth per second. */
const line = (from: number, perSecond: number): Counting => ({ stretches: [{ from, perSecond, seconds: 600 }] });

/** File systems with more free space than this are ignored: a short burst of writes does not predict hours. */
const MAX_FREE_RATIO = 0.2;

function diskFillingUp(timings: MonitoringTimings): Alert {
  const windowMs = 20 * timings.probeIntervalMs;
  const aheadMs = 8 * windowMs;
  const [window, ahead] = [promDuration(windowMs), Math.round(aheadMs / 1000)];
  const data = (from: number, perSecond: number): Series => ({
    ...SELF_FOR_LONG,
    [filesystem('size_bytes', 'db1')]: line(1e11, 0),
    [filesystem('avail_bytes', 'db1')]: line(from, perSecond),
  });
  return {
    ...COMMON,
    name: 'DiskFillingUp',
    expr: byMountpoint(
      `(predict_linear(node_filesystem_avail_bytes[${window}], ${ahead}) < 0) and (node_filesystem_avail_bytes / node_filesystem_size_bytes < ${MAX_FREE_RATIO})`,
    ),
    plots: [{ query: 'node_filesystem_avail_bytes' }],
    forMs: lowUrgencyFor,
    isLowUrgency: true,
    summary: '{{ $labels.mountpoint }} on {{ $labels.host }} is filling up',
    description: `At the rate of the last ${window}, the file system {{ $labels.mountpoint }} on {{ $labels.host }} will be full within ${promDuration(aheadMs)}.`,
    cases: [
      {
        kind: 'fires',
        title: 'the last ten gigabytes shrink by 10 MB/s',
        series: data(1.2e10, -1e7),
        expect: [{ atS: 400, alerts: [on('db1', '/data')] }],
      },
      {
        kind: 'quiet',
        title: 'as fast with much free space, or slowly with little',
        series: {
          ...data(6e10, -1e7),
          [filesystem('size_bytes', 'db2')]: line(1e11, 0),
          [filesystem('avail_bytes', 'db2')]: line(1e10, -1e5),
        },
        expect: [{ atS: 400, alerts: [] }],
      },
      absent('no disk metrics', {}),
      {
        kind: 'resolves',
        title: 'the writes end',
        series: {
          ...SELF_FOR_LONG,
          [filesystem('size_bytes', 'db1')]: steady(1e11),
          [filesystem('avail_bytes', 'db1')]: {
            stretches: [
              { from: 1.2e10, perSecond: -1e7, seconds: 300 },
              { perSecond: 0, seconds: 600 },
            ],
          },
        },
        expect: [{ atS: 700, alerts: [] }],
        firing: [{ atS: 290, count: 1 }],
      },
    ],
  };
}

const readOnly = (samples: Series[string]): Series => ({ [filesystem('readonly', 'db1')]: samples });

const FILE_SYSTEM_READ_ONLY: Alert = {
  ...COMMON,
  name: 'FileSystemReadOnly',
  severity: 'critical',
  expr: byMountpoint('node_filesystem_readonly == 1'),
  forMs: toleratesOneMissedScrape,
  summary: '{{ $labels.mountpoint }} on {{ $labels.host }} is read-only',
  description:
    'The file system {{ $labels.mountpoint }} on {{ $labels.host }} is mounted read-only, as the kernel does after a disk error. Processes there fail at their next write.',
  cases: [
    fires('the kernel remounts it', readOnly(step(0, 1)), on('db1', '/data')),
    quiet('it is writable', readOnly(always(0))),
    absent('no disk metrics', {}),
    resolves('it is writable again', readOnly(dip(0, 1)), on('db1', '/data')),
  ],
};

/** Share of the machine's CPU time spent in iowait above which the disk is the bottleneck. */
const MAX_IO_WAIT_RATIO = 0.3;

function diskSlow(timings: MonitoringTimings): Alert {
  const window = promDuration(3 * timings.probeIntervalMs);
  const share = (mode: string): string => `sum by (host) (rate(machine_cpu_seconds_total${mode}[${window}]))`;
  const busy = (waits: Series[string]): Series => ({
    'machine_cpu_seconds_total{host="db1",job="host",mode="iowait"}': waits,
    'machine_cpu_seconds_total{host="db1",job="host",mode="user"}': counts([1, 160]),
  });
  return {
    ...COMMON,
    name: 'DiskSlow',
    // With many processors one waiting task is a small share of the CPU time, so PSI is used too, where the kernel provides it.
    expr: anyOf(
      `max(${share('{mode="iowait"}')} / ${share('')}) > ${MAX_IO_WAIT_RATIO}`,
      `max(rate(host_pressure_stalled_seconds_total{resource="io"}[${window}])) > ${MAX_IO_WAIT_RATIO}`,
    ),
    forMs: lowUrgencyFor,
    isLowUrgency: true,
    summary: 'The disk of the machine is saturated',
    description:
      'For {{ $value | humanizePercentage }} of the time, the machine, or all tasks of a host, only wait for disk I/O. Every operation that needs an fsync is slow.',
    cases: [
      slowCase(fires('iowait half of the time', busy(counts([0, 20], [1, 140])), { labels: {}, value: '50%' })),
      slowCase(
        fires(
          'all tasks of a host wait for the disk, on a machine with many processors',
          { 'host_pressure_stalled_seconds_total{host="db1",job="host",resource="io"}': counts([0, 20], [0.5, 140]) },
          { labels: {}, value: '50%' },
        ),
      ),
      quiet('iowait a tenth of the time', busy(counts([0.1, 160]))),
      absent('no processor metrics', {}),
      slowCase(resolves('the disk keeps up again', busy(counts([1, 112], [0, 48])), { labels: {}, value: '50%' })),
    ],
  };
}

function databaseLogWaits(timings: MonitoringTimings): Alert {
  const window = promDuration(3 * timings.slowScrapeIntervalMs);
  const waits = (samples: Series[string]): Series => ({
    'mysql_global_status_innodb_log_waits{host="db1",job="mysql-detail"}': samples,
  });
  return {
    ...COMMON,
    name: 'DatabaseLogWaits',
    domain: 'database',
    owner: 'database',
    expr: `max by (host) (rate(mysql_global_status_innodb_log_waits[${window}])) > 0`,
    forMs: lowUrgencyFor,
    isLowUrgency: true,
    summary: 'Transactions on {{ $labels.host }} wait for the InnoDB log buffer',
    description:
      'On {{ $labels.host }}, {{ $value | humanize }} transactions per second wait for space in the log buffer. The disk is too slow, or the buffer is too small for the transactions.',
    cases: [
      slowCase(fires('two waits per second', waits(counts([0, 20], [2, 140])), { ...on('db1'), value: '2' })),
      quiet('a large transaction waited once', waits(counts([0, 20], [2, 4], [0, 136]))),
      absent('nothing is scraped', {}),
      {
        kind: 'resolves',
        title: 'the disk keeps up again',
        series: waits(counts([2, 90], [0, 70])),
        expect: [{ atS: 150, alerts: [] }],
        firing: [{ atS: 80, count: 1 }],
      },
    ],
  };
}

/** Minimum number of transitions to DOWN in the window. `increase` extrapolates at the edges of its window, so the limit is 0.5 lower. */
const MIN_TRANSITIONS = 5;

function serverFlapping(timings: MonitoringTimings): Alert {
  const window = promDuration(60 * timings.scrapeIntervalMs);
  const downs = (samples: Series[string]): Series => ({
    'haproxy_server_check_up_down_total{host="lb1",job="haproxy",proxy="web",server="web1"}': samples,
    'haproxy_server_check_up_down_total{host="lb2",job="haproxy",proxy="web",server="web1"}': always(1),
  });
  return {
    name: 'ServerFlapping',
    domain: 'lb',
    severity: 'warning',
    owner: 'platform',
    expr: onHost(
      'server',
      `max by (server) (increase(haproxy_server_check_up_down_total[${window}])) > ${MIN_TRANSITIONS - 0.5}`,
    ),
    forMs: defaultFor,
    onAbsent: { coveredBy: 'LoadBalancerLost' },
    summary: '{{ $labels.host }} is flapping',
    description: `HAProxy marked {{ $labels.host }} down and up again at least ${MIN_TRANSITIONS} times within ${window}. Its health checks fail intermittently.`,
    cases: [
      fires('a transition every four seconds', downs(counts([0, 20], [0.25, 140])), on('web1')),
      quiet('two transitions in two minutes', downs(counts([0, 20], [0.5, 4], [0, 136]))),
      absent('no load balancer is scraped', {}),
      {
        kind: 'resolves',
        title: 'its state stays the same',
        series: downs({
          stretches: [
            { perSecond: 0.125, seconds: 60 },
            { perSecond: 0, seconds: 200 },
          ],
        }),
        expect: [{ atS: 200, alerts: [] }],
        firing: [{ atS: 70, count: 1 }],
      },
    ],
  };
}

const MAX_CONNECTIONS_RATIO = 0.8;
const connections = (samples: Series[string]): Series => ({
  'redis_connected_clients{host="cache1",job="valkey"}': samples,
  'redis_max_clients{host="cache1",job="valkey"}': always(1_000),
});

const CACHE_CONNECTIONS_NEAR_LIMIT: Alert = {
  ...COMMON,
  name: 'CacheConnectionsNearLimit',
  domain: 'cache',
  expr: `max by (host) (redis_connected_clients / redis_max_clients) > ${MAX_CONNECTIONS_RATIO}`,
  forMs: detailFor,
  summary: 'Cache {{ $labels.host }} is near its connection limit',
  description:
    'The cache on {{ $labels.host }} uses {{ $value | humanizePercentage }} of its connections (maxclients). At the limit it refuses clients, health checks and Sentinel.',
  cases: [
    fires('nine of ten connections are in use', connections(step(50, 900)), { ...on('cache1'), value: '90%' }),
    quiet('half of the connections are in use', connections(step(50, 500))),
    absent('nothing is scraped', {}),
    resolves('the connections are closed', connections(dip(50, 900)), { ...on('cache1'), value: '90%' }),
  ],
};

/** The time of a host is exposed with a resolution of one second. A sample has the time of the start of its scrape, which may take a whole interval. */
const MAX_SKEW_S = 3;
const clock = (...aheadS: readonly (readonly [seconds: number, aheadS: number])[]): Series => ({
  'node_time_seconds{host="db1",job="host"}': {
    stretches: aheadS.reduce<{ readonly from: number; readonly perSecond: number; readonly seconds: number }[]>(
      (stretches, [seconds, ahead]) => {
        const sinceS = stretches.reduce((sum, one) => sum + one.seconds, 0);
        return [...stretches, { from: sinceS + ahead, perSecond: 1, seconds }];
      },
      [],
    ),
  },
});

const clockSkewed = (timings: MonitoringTimings): Alert => {
  const maxSkewS = MAX_SKEW_S + timings.scrapeIntervalMs / 1000;
  return {
    ...COMMON,
    name: 'ClockSkewed',
    expr: `max by (host) (abs(node_time_seconds - timestamp(node_time_seconds))) > ${maxSkewS}`,
    forMs: toleratesOneMissedScrape,
    summary: 'The clock of {{ $labels.host }} is wrong',
    description: `The clock of {{ $labels.host }} differs from that of a monitor by {{ $value | humanize }} s (limit ${maxSkewS} s). Timestamps of logs and traces do not match, and sessions and certificates expire too early or too late.`,
    cases: [
      fires('the clock is a minute ahead', clock([20, 0], [140, 60]), { ...on('db1'), value: '60' }),
      quiet('the clock is a second behind', clock([160, -1])),
      absent('no time metrics', {}),
      resolves('the clock is corrected', clock([20, 0], [40, -30], [100, 0]), { ...on('db1'), value: '30' }),
    ],
  };
};

const tilt = (samples: Series[string]): Series => ({
  'redis_sentinel_tilt{host="cache1",job="sentinel"}': samples,
  'redis_sentinel_tilt{host="cache2",job="sentinel"}': always(0),
});

const sentinelTilted = (timings: MonitoringTimings): Alert => ({
  ...COMMON,
  name: 'SentinelTilted',
  domain: 'cache',
  // TILT lasts 30 s, which may be a single scrape.
  expr: `max by (host) (max_over_time(redis_sentinel_tilt[${promDuration(3 * timings.detailScrapeIntervalMs)}])) == 1`,
  forMs: detailFor,
  summary: 'Sentinel on {{ $labels.host }} has stopped acting (TILT)',
  description:
    'Sentinel on {{ $labels.host }} was stalled, or its clock was set. It neither votes nor fails over until 30 s after the last such event.',
  cases: [
    fires('it is stalled repeatedly', tilt(step(0, 1)), on('cache1')),
    quiet('it is active', tilt(always(0))),
    absent('nothing is scraped', {}),
    resolves('it is active again', tilt(dip(0, 1)), on('cache1')),
  ],
});
