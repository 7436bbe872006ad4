import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, dip, blip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, toleratesOneMissedScrape, usualForDetails } from '../alert.ts';
import { anyOf } from '../promql.ts';

/** What may be short on any host, whatever runs there. Series that are not there are those of a host that is not: other alerts tell that. */
export function hostAlerts(topology: Topology): readonly Alert[] {
  const { probeIntervalMs } = topology.profile.monitoring;
  return [
    processRestarting(promDuration(7 * probeIntervalMs)),
    hostOutOfMemory(probeIntervalMs),
    hostThrottled(promDuration(3 * probeIntervalMs)),
    DISK_ALMOST_FULL,
  ];
}

const on = (host: string, where?: string) => ({ labels: { host, ...(where === undefined ? {} : { where }) } });

/** Ends of one process in the window from which on it is a habit. `increase` guesses at the edges of its window: half an end less is as many. */
const MANY_EXITS = 3;

function processRestarting(window: string): Alert {
  const many = `increase(host_service_exits_total[${window}]) > ${MANY_EXITS - 0.5}`;
  return {
    name: 'ProcessRestarting',
    domain: 'host',
    severity: 'warning',
    owner: 'platform',
    group: 'unhurried',
    expr: `max by (host, where) (label_replace(${many}, "where", "$1", "service", "(.+)"))`,
    forMs: usualForDetails,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: '{{ $labels.where }} on {{ $labels.host }} is crash-looping',
    description: `The process of the service {{ $labels.where }} on {{ $labels.host }} exited at least ${MANY_EXITS} times within ${window}. The supervisor restarts it each time.`,
    cases: [
      fires(
        'a service cannot start',
        { [exits('web1', 'nginx')]: counts([0, 20], [1, 120]), [exits('web1', 'toxiproxy')]: always(1) },
        on('web1', 'nginx'),
      ),
      quiet('a process was killed once, and again later', {
        [exits('web1', 'nginx')]: counts([0, 20], [0.5, 4], [0, 136]),
      }),
      quiet('a host was booted, and what it counted before was more', { [exits('web1', 'nginx')]: step(40, 0) }),
      absent('nobody tells of services', {}),
      resolves('it stays at last', { [exits('web1', 'nginx')]: counts([0, 2], [1, 6], [0, 152]) }, on('web1', 'nginx')),
    ],
  };
}

const exits = (host: string, service: string): string =>
  `host_service_exits_total{host="${host}",service="${service}"}`;

/** Share of its memory that a host may need: what is left must do for a moment's peak. */
const MAX_MEMORY_RATIO = 0.95;

function hostOutOfMemory(probeIntervalMs: number): Alert {
  const window = promDuration(7 * probeIntervalMs);
  return {
    name: 'HostOutOfMemory',
    domain: 'host',
    severity: 'warning',
    owner: 'platform',
    group: 'unhurried',
    expr: anyOf(
      `max by (host) (increase(host_memory_oom_kills_total[${window}])) > 0`,
      `max by (host) (host_memory_working_set_bytes / node_memory_MemTotal_bytes) > ${MAX_MEMORY_RATIO}`,
    ),
    forMs: toleratesOneMissedScrape,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: '{{ $labels.host }} is out of memory',
    description: `On {{ $labels.host }}, the kernel killed a process within ${window} (OOM kill), or processes use more than ${MAX_MEMORY_RATIO * 100} % of the memory.`,
    cases: [
      fires(
        'a process was killed',
        { [killed('app1')]: step(0, 1), [needed('app1')]: always(5e8), [memory('app1')]: always(1e9) },
        on('app1'),
      ),
      fires(
        'the host is full',
        { [killed('db1')]: always(0), [needed('db1')]: step(5e8, 9.7e8), [memory('db1')]: always(1e9) },
        on('db1'),
      ),
      quiet('a killed process of long ago, and much in use', {
        [killed('app1')]: always(3),
        [needed('app1')]: step(5e8, 9e8),
        [memory('app1')]: always(1e9),
      }),
      quiet('one look finds it full', {
        [needed('app1')]: blip(5e8, 9.9e8, probeIntervalMs),
        [memory('app1')]: always(1e9),
      }),
      absent('nobody tells of memory', {}),
      resolves(
        'the memory is given back',
        { [needed('app1')]: dip(5e8, 9.9e8), [memory('app1')]: always(1e9) },
        on('app1'),
      ),
    ],
  };
}

const killed = (host: string): string => `host_memory_oom_kills_total{host="${host}"}`;
const needed = (host: string): string => `host_memory_working_set_bytes{host="${host}"}`;
const memory = (host: string): string => `node_memory_MemTotal_bytes{host="${host}"}`;

/** Share of the periods in which a host ran out of processor time, from which on it is slow most of the time. */
const MAX_THROTTLED_RATIO = 0.5;

function hostThrottled(window: string): Alert {
  return {
    name: 'HostThrottled',
    domain: 'host',
    severity: 'warning',
    owner: 'platform',
    group: 'unhurried',
    // A host without a limited share has no periods, and is told nothing of: 0 / 0 is more than nothing.
    expr: `max by (host) (rate(host_cpu_throttled_periods_total[${window}]) / rate(host_cpu_periods_total[${window}])) > ${MAX_THROTTLED_RATIO}`,
    forMs: usualForDetails,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: '{{ $labels.host }} is CPU-throttled',
    description: `{{ $labels.host }} was throttled in {{ $value | humanizePercentage }} of its CPU periods over the last ${window}: it had used up its CPU limit.`,
    cases: [
      fires(
        'nine of ten periods are too short',
        { [periods('web1')]: counts([10, 160]), [throttled('web1')]: counts([0, 20], [9, 140]) },
        { ...on('web1'), value: '90%' },
      ),
      quiet('every fourth period is too short', {
        [periods('web1')]: counts([10, 160]),
        [throttled('web1')]: counts([2.5, 160]),
      }),
      quiet('the share is not limited', { [periods('web1')]: always(0), [throttled('web1')]: always(0) }),
      absent('no processor metrics', {}),
      resolves(
        'the load goes away',
        { [periods('web1')]: counts([10, 160]), [throttled('web1')]: counts([0, 20], [9, 40], [0, 100]) },
        { ...on('web1'), value: '90%' },
      ),
    ],
  };
}

const periods = (host: string): string => `host_cpu_periods_total{host="${host}"}`;
const throttled = (host: string): string => `host_cpu_throttled_periods_total{host="${host}"}`;

/** A large disk of which this much is left is not almost full, however small the share. */
const ENOUGH_BYTES = 5e9;
const MIN_FREE_RATIO = 0.1;
const MIN_FREE_FILES_RATIO = 0.05;

const DISK_ALMOST_FULL: Alert = {
  name: 'DiskAlmostFull',
  domain: 'host',
  severity: 'warning',
  owner: 'platform',
  group: 'unhurried',
  expr: `max by (host, where) (label_replace(${anyOf(
    `(node_filesystem_avail_bytes < ${ENOUGH_BYTES}) / node_filesystem_size_bytes < ${MIN_FREE_RATIO}`,
    `node_filesystem_files_free / node_filesystem_files < ${MIN_FREE_FILES_RATIO}`,
  )}, "where", "$1", "mountpoint", "(.+)"))`,
  forMs: toleratesOneMissedScrape,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: '{{ $labels.where }} on {{ $labels.host }} is almost full',
  description: `The file system {{ $labels.where }} on {{ $labels.host }} has less than ${MIN_FREE_RATIO * 100} % and less than ${ENOUGH_BYTES / 1e9} GB free, or is almost out of inodes.`,
  cases: [
    fires('the data fill it', { [size('db1')]: always(4e10), [left('db1')]: step(1e10, 1e9) }, on('db1', '/data')),
    fires(
      'there are too many files',
      {
        [files('db1')]: always(1e6),
        [filesLeft('db1')]: step(1e6, 100),
        [size('db1')]: always(4e10),
        [left('db1')]: always(3e10),
      },
      on('db1', '/data'),
    ),
    quiet('little is left of a large disk, which is much', {
      [size('db1')]: always(1e12),
      [left('db1')]: always(2e10),
    }),
    quiet('it does not say how many files it can hold', { [files('db1')]: always(0), [filesLeft('db1')]: always(0) }),
    absent('no disk metrics', {}),
    resolves(
      'somebody has made room',
      { [size('db1')]: always(4e10), [left('db1')]: dip(1e10, 1e9) },
      on('db1', '/data'),
    ),
  ],
};

function filesystem(name: string, host: string): string {
  return `node_filesystem_${name}{host="${host}",mountpoint="/data",fstype="ext4"}`;
}
function size(host: string): string {
  return filesystem('size_bytes', host);
}
function left(host: string): string {
  return filesystem('avail_bytes', host);
}
function files(host: string): string {
  return filesystem('files', host);
}
function filesLeft(host: string): string {
  return filesystem('files_free', host);
}
