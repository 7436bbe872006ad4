import { MODES } from '../host/machine.ts';
import { RESOURCES } from '../host/pressure.ts';
import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { atMost, counter, gauge, type Metric } from './metric.ts';

const UPSTREAM_NAMING = { naming: 'upstream' } as const;
const NETWORK = { labels: { device: atMost(8, 'networks of the topology; else the name of the interface') } };
const DISK = {
  labels: { device: atMost(8, 'numbers of disks of the machine') },
  presence: 'by-kernel',
} as const;
const FILESYSTEM = {
  labels: {
    mountpoint: atMost(12, 'file systems that deploy/model/container-options.ts gives a host'),
    fstype: atMost(6, 'kinds of file systems'),
  },
  measured: 'by-disk-space',
} as const;
const KERNELS = atMost(9, 'kernels of the machines');
const PRESSURE = { labels: { resource: RESOURCES }, presence: 'by-kernel' } as const;

/**
 * A host of the stack: exporters/host. A container stands for a host, so processor time and memory are those of its control group, not of
 * the machine under it (`machine_…`). A metric has the name of node_exporter if it means the same for a host; otherwise it has the prefix `host_`.
 */
export const HOST: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('host', ['cpu', 'memory', 'disk', 'network', 'services', 'filesystem', 'machine']),

  host_cpu_seconds_total: counter('seconds', "Processor time of the host's processes.", {
    labels: { mode: ['user', 'system'] },
  }),
  host_cpu_cores: gauge('1', 'Processors that the host may use: its share of them, or as many as it is allowed on.'),
  host_cpu_periods_total: counter(
    '1',
    'Periods in which the host wanted to run; counted only where its share is limited.',
  ),
  host_cpu_throttled_periods_total: counter('1', 'Periods in which the host had used up its share and had to wait.'),
  host_cpu_throttled_seconds_total: counter('seconds', 'Time that the host had to wait because its share was used up.'),
  host_cpu_run_delay_seconds_total: counter(
    'seconds',
    'Time that tasks of the host were ready to run and waited for a processor, all of them together.',
    { measured: 'by-disk-space' },
  ),

  node_memory_MemTotal_bytes: gauge(
    'bytes',
    'Memory of the host: its limit, or what the machine has where there is none.',
  ),
  node_memory_MemAvailable_bytes: gauge('bytes', 'Memory that the host can still use: its limit less the working set.'),
  host_memory_usage_bytes: gauge('bytes', 'Memory in use, pages of files included.'),
  host_memory_working_set_bytes: gauge(
    'bytes',
    'Memory in use that cannot be taken back at once; at the limit processes are killed.',
  ),
  host_memory_anonymous_bytes: gauge('bytes', 'Memory that is of no file: heaps and stacks.'),
  host_memory_file_bytes: gauge('bytes', 'Pages of files, those of file systems in memory included.'),
  host_memory_major_faults_total: counter('1', 'Pages that had to be read from a disk before a process could go on.'),
  host_memory_oom_kills_total: counter('1', 'Processes that were killed because the host had no memory left.'),
  host_memory_limit_hits_total: counter(
    '1',
    'Times that the host was at its limit and something had to be taken back.',
  ),

  host_disk_read_bytes_total: counter('bytes', 'Read from the disk, not from memory.', DISK),
  host_disk_written_bytes_total: counter(
    'bytes',
    'Written to the disk; in control groups of version 1 without what the kernel writes later for a process.',
    DISK,
  ),
  host_disk_reads_completed_total: counter('1', 'Reads from the disk.', DISK),
  host_disk_writes_completed_total: counter(
    '1',
    'Writes to the disk, as far as host_disk_written_bytes_total has them.',
    DISK,
  ),
  host_pressure_waiting_seconds_total: counter(
    'seconds',
    'Time in which at least one task of the host waited; only with control groups version 2.',
    PRESSURE,
  ),
  host_pressure_stalled_seconds_total: counter(
    'seconds',
    'Time in which all tasks of the host waited; only with control groups version 2.',
    PRESSURE,
  ),

  node_network_receive_bytes_total: counter('bytes', 'Received.', NETWORK),
  node_network_receive_packets_total: counter('1', 'Packets received.', NETWORK),
  node_network_receive_errs_total: counter('1', 'Packets that arrived broken.', NETWORK),
  node_network_receive_drop_total: counter('1', 'Packets that arrived and were dropped.', NETWORK),
  node_network_transmit_bytes_total: counter('bytes', 'Sent.', NETWORK),
  node_network_transmit_packets_total: counter('1', 'Packets sent.', NETWORK),
  node_network_transmit_errs_total: counter('1', 'Packets that could not be sent.', NETWORK),
  node_network_transmit_drop_total: counter('1', 'Packets that were dropped instead of sent.', NETWORK),
  node_netstat_Tcp_CurrEstab: gauge('1', 'TCP connections that are established.'),
  node_netstat_Tcp_ActiveOpens: counter('1', 'TCP connections that the host opened.', UPSTREAM_NAMING),
  node_netstat_Tcp_PassiveOpens: counter('1', 'TCP connections that were opened to the host.', UPSTREAM_NAMING),
  node_netstat_Tcp_OutSegs: counter('1', 'TCP segments sent.', UPSTREAM_NAMING),
  node_netstat_Tcp_RetransSegs: counter('1', 'TCP segments sent again.', UPSTREAM_NAMING),
  node_netstat_TcpExt_ListenOverflows: counter(
    '1',
    'Connections refused because the accept queue was full.',
    UPSTREAM_NAMING,
  ),
  node_netstat_TcpExt_ListenDrops: counter('1', 'Connections dropped while they were being opened.', UPSTREAM_NAMING),
  node_sockstat_sockets_used: gauge('1', 'Sockets of all kinds.'),
  node_sockstat_TCP_inuse: gauge('1', 'TCP sockets in use.'),
  node_sockstat_TCP_tw: gauge('1', 'TCP connections that are closed and waited for.'),

  node_nf_conntrack_entries: gauge('1', 'Tracked connections.', { presence: 'by-kernel' }),
  node_nf_conntrack_entries_limit: gauge('1', 'Limit of tracked connections; packets of further ones are dropped.', {
    presence: 'by-kernel',
  }),

  host_service_exits_total: counter(
    '1',
    "Times that a service's process ended since the host was booted, whatever the reason.",
    {
      labels: { service: atMost(40, 'services of the hosts') },
    },
  ),
  host_tasks: gauge('1', 'Processes and threads.'),
  host_tasks_limit: gauge('1', 'Processes and threads that there may be.', { presence: 'on-event' }),
  node_boot_time_seconds: gauge('timestamp', 'When the host was booted.', UPSTREAM_NAMING),

  node_filesystem_size_bytes: gauge('bytes', 'Size of a file system.', FILESYSTEM),
  node_filesystem_free_bytes: gauge('bytes', 'Free space of a file system.', FILESYSTEM),
  node_filesystem_avail_bytes: gauge('bytes', 'Space of a file system that services can use.', FILESYSTEM),
  node_filesystem_files: gauge('1', 'Files that a file system can hold; 0 where it does not say.', FILESYSTEM),
  node_filesystem_readonly: gauge('1', 'Whether a file system is read-only.', FILESYSTEM),
  node_filesystem_files_free: gauge('1', 'Files that a file system can still take.', FILESYSTEM),

  node_uname_info: gauge('1', 'Kernel and host name, as uname(2) reports them; always 1.', {
    labels: {
      sysname: ['Linux'],
      release: KERNELS,
      version: KERNELS,
      machine: KERNELS,
      nodename: atMost(40, 'hosts of the topology'),
      domainname: KERNELS,
    },
  }),
  machine_cpu_seconds_total: counter('seconds', 'Processor time of the machine under the host, idle time included.', {
    labels: { mode: MODES },
  }),
  node_time_seconds: gauge('timestamp', 'What time it is on the host, to a second.', UPSTREAM_NAMING),
  machine_load1: gauge('1', 'Tasks that ran or waited on the machine under the host, averaged over a minute.'),
  machine_memory_available_bytes: gauge('bytes', 'Memory that the machine under the host can still give.'),
};
