import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, dip, blip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, toleratesOneMissedScrape, detailFor } from '../alert.ts';
import { anyOf } from '../promql.ts';

/** Alerts of the resources of any host. Series are missing only for a host that is down, which other alerts report. */
export function hostAlerts(topology: Topology): readonly Alert[] {
  const { probeIntervalMs } = topology.profile.monitoring;
  return [
    processRestarting(promDuration(7 * probeIntervalMs)),
    hostOutOfMemory(probeIntervalMs),
    hostThrottled(promDuration(3 * probeIntervalMs)),
    DISK_ALMOST_FULL,
  ];
}

const on = (host: string, more: { readonly service?: string; readonly mountpoint?: string } = {}) => ({
  labels: { host, ...more },
});

/** Minimum number of exits of one process in the window. `increase` extrapolates at the edges of its window, so the limit is 0.5 lower. */
const MIN_EXITS = 3;

function processRestarting(window: string): Alert {
  const many = `increase(host_service_exits_total[${window}]) > ${MIN_EXITS - 0.5}`;
  return {
    name: 'ProcessRestarting',
    domain: 'host',
    severity: 'warning',
    owner: 'platform',
    group: 'low-priority',
    expr: `max by (host, service) (${many})`,
    forMs: detailFor,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: '{{ $labels.service }} on {{ $labels.host }} is crash-looping',
    description: `The process of the service {{ $labels.service }} on {{ $labels.host }} exited at least ${MIN_EXITS} times within ${window}. The supervisor restarts it each time.`,
    cases: [
      fires(
        'a service cannot start',
        { [exits('web1', 'nginx')]: counts([0, 20], [1, 120]), [exits('web1', 'toxiproxy')]: always(1) },
        on('web1', { service: 'nginx' }),
      ),
      quiet('a process was killed once, and again later', {
        [exits('web1', 'nginx')]: counts([0, 20], [0.5, 4], [0, 136]),
      }),
      quiet('a host restarts, and its counter starts at 0', { [exits('web1', 'nginx')]: step(40, 0) }),
      absent('no service metrics', {}),
      resolves(
        'the process keeps running',
        { [exits('web1', 'nginx')]: counts([0, 2], [1, 6], [0, 152]) },
        on('web1', { service: 'nginx' }),
      ),
    ],
  };
}

const exits = (host: string, service: string): string =>
  `host_service_exits_total{host="${host}",service="${service}"}`;

/** Maximum share of the memory in use; the rest is needed for short peaks. */
const MAX_MEMORY_RATIO = 0.95;

function hostOutOfMemory(probeIntervalMs: number): Alert {
  const window = promDuration(7 * probeIntervalMs);
  return {
    name: 'HostOutOfMemory',
    domain: 'host',
    severity: 'warning',
    owner: 'platform',
    group: 'low-priority',
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
        'the memory is almost full',
        { [killed('db1')]: always(0), [needed('db1')]: step(5e8, 9.7e8), [memory('db1')]: always(1e9) },
        on('db1'),
      ),
      quiet('an OOM kill a long time ago, and high memory usage', {
        [killed('app1')]: always(3),
        [needed('app1')]: step(5e8, 9e8),
        [memory('app1')]: always(1e9),
      }),
      quiet('the memory is full in one scrape', {
        [needed('app1')]: blip(5e8, 9.9e8, probeIntervalMs),
        [memory('app1')]: always(1e9),
      }),
      absent('no memory metrics', {}),
      resolves(
        'the memory is released',
        { [needed('app1')]: dip(5e8, 9.9e8), [memory('app1')]: always(1e9) },
        on('app1'),
      ),
    ],
  };
}

const killed = (host: string): string => `host_memory_oom_kills_total{host="${host}"}`;
const needed = (host: string): string => `host_memory_working_set_bytes{host="${host}"}`;
const memory = (host: string): string => `node_memory_MemTotal_bytes{host="${host}"}`;

/** Share of throttled periods above which a host is slow most of the time. */
const MAX_THROTTLED_RATIO = 0.5;

function hostThrottled(window: string): Alert {
  return {
    name: 'HostThrottled',
    domain: 'host',
    severity: 'warning',
    owner: 'platform',
    group: 'low-priority',
    // A host without a CPU limit has no periods: 0 / 0 is NaN, which is not above the limit.
    expr: `max by (host) (rate(host_cpu_throttled_periods_total[${window}]) / rate(host_cpu_periods_total[${window}])) > ${MAX_THROTTLED_RATIO}`,
    forMs: detailFor,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: '{{ $labels.host }} is CPU-throttled',
    description: `{{ $labels.host }} was throttled in {{ $value | humanizePercentage }} of its CPU periods over the last ${window}: it had used up its CPU limit.`,
    cases: [
      fires(
        'nine of ten periods are throttled',
        { [periods('web1')]: counts([10, 160]), [throttled('web1')]: counts([0, 20], [9, 140]) },
        { ...on('web1'), value: '90%' },
      ),
      quiet('every fourth period is throttled', {
        [periods('web1')]: counts([10, 160]),
        [throttled('web1')]: counts([2.5, 160]),
      }),
      quiet('there is no CPU limit', { [periods('web1')]: always(0), [throttled('web1')]: always(0) }),
      absent('no processor metrics', {}),
      resolves(
        'the load ends',
        { [periods('web1')]: counts([10, 160]), [throttled('web1')]: counts([0, 20], [9, 40], [0, 100]) },
        { ...on('web1'), value: '90%' },
      ),
    ],
  };
}

const periods = (host: string): string => `host_cpu_periods_total{host="${host}"}`;
const throttled = (host: string): string => `host_cpu_throttled_periods_total{host="${host}"}`;

/** A disk with this much free space is not almost full, however small the share. */
const ENOUGH_BYTES = 5e9;
const MIN_FREE_RATIO = 0.1;
const MIN_FREE_FILES_RATIO = 0.05;

const DISK_ALMOST_FULL: Alert = {
  name: 'DiskAlmostFull',
  domain: 'host',
  severity: 'warning',
  owner: 'platform',
  group: 'low-priority',
  expr: `max by (host, mountpoint) (${anyOf(
    `(node_filesystem_avail_bytes < ${ENOUGH_BYTES}) / node_filesystem_size_bytes < ${MIN_FREE_RATIO}`,
    `node_filesystem_files_free / node_filesystem_files < ${MIN_FREE_FILES_RATIO}`,
  )})`,
  forMs: toleratesOneMissedScrape,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: '{{ $labels.mountpoint }} on {{ $labels.host }} is almost full',
  description: `The file system {{ $labels.mountpoint }} on {{ $labels.host }} has less than ${MIN_FREE_RATIO * 100} % and less than ${ENOUGH_BYTES / 1e9} GB free, or is almost out of inodes.`,
  cases: [
    fires(
      'data fills it',
      { [size('db1')]: always(4e10), [freeBytes('db1')]: step(1e10, 1e9) },
      on('db1', { mountpoint: '/data' }),
    ),
    fires(
      'it is almost out of inodes',
      {
        [files('db1')]: always(1e6),
        [freeFiles('db1')]: step(1e6, 100),
        [size('db1')]: always(4e10),
        [freeBytes('db1')]: always(3e10),
      },
      on('db1', { mountpoint: '/data' }),
    ),
    quiet('a small share of a large disk is free', {
      [size('db1')]: always(1e12),
      [freeBytes('db1')]: always(2e10),
    }),
    quiet('the file system does not report inodes', { [files('db1')]: always(0), [freeFiles('db1')]: always(0) }),
    absent('no disk metrics', {}),
    resolves(
      'space was freed',
      { [size('db1')]: always(4e10), [freeBytes('db1')]: dip(1e10, 1e9) },
      on('db1', { mountpoint: '/data' }),
    ),
  ],
};

function filesystem(name: string, host: string): string {
  return `node_filesystem_${name}{host="${host}",mountpoint="/data",fstype="ext4"}`;
}
function size(host: string): string {
  return filesystem('size_bytes', host);
}
function freeBytes(host: string): string {
  return filesystem('avail_bytes', host);
}
function files(host: string): string {
  return filesystem('files', host);
}
function freeFiles(host: string): string {
  return filesystem('files_free', host);
}
