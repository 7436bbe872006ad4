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

  host_cpu_seconds_total: counter('seconds', "CPU time of the host's processes by mode.", {
    labels: { mode: ['user', 'system'] },
  }),
  host_cpu_cores: gauge('1', 'CPUs available to the host: the smaller of its quota and its CPU set.'),
  host_cpu_periods_total: counter(
    '1',
    'CPU enforcement periods in which the host was runnable; counted only with a CPU quota.',
  ),
  host_cpu_throttled_periods_total: counter(
    '1',
    'CPU enforcement periods in which the host was throttled by its quota.',
  ),
  host_cpu_throttled_seconds_total: counter('seconds', 'Time in which the host was throttled by its CPU quota.'),
  host_cpu_run_delay_seconds_total: counter(
    'seconds',
    'Run delay: time of runnable tasks waiting for a CPU, summed over all tasks of the host.',
    { measured: 'by-disk-space' },
  ),

  node_memory_MemTotal_bytes: gauge('bytes', 'Memory limit of the host, or the memory of the machine without a limit.'),
  node_memory_MemAvailable_bytes: gauge('bytes', 'Available memory of the host: its limit minus the working set.'),
  host_memory_usage_bytes: gauge('bytes', 'Used memory, including the page cache.'),
  host_memory_working_set_bytes: gauge(
    'bytes',
    'Working set: used memory that cannot be reclaimed at once; at the limit, processes are killed.',
  ),
  host_memory_anonymous_bytes: gauge('bytes', 'Anonymous memory: heaps and stacks.'),
  host_memory_file_bytes: gauge('bytes', 'Page cache, including file systems in memory (tmpfs).'),
  host_memory_major_faults_total: counter('1', 'Major page faults, which block a process until a read from disk.'),
  host_memory_oom_kills_total: counter('1', 'OOM kills: processes killed because the host was out of memory.'),
  host_memory_limit_hits_total: counter('1', 'Times that the memory limit was reached and memory had to be reclaimed.'),

  host_disk_read_bytes_total: counter('bytes', 'Bytes read from the disk, without cached reads.', DISK),
  host_disk_written_bytes_total: counter(
    'bytes',
    'Bytes written to the disk; with cgroup v1, without deferred writeback by the kernel.',
    DISK,
  ),
  host_disk_reads_completed_total: counter('1', 'Completed reads from the disk.', DISK),
  host_disk_writes_completed_total: counter(
    '1',
    'Completed writes to the disk, as far as host_disk_written_bytes_total includes them.',
    DISK,
  ),
  host_pressure_waiting_seconds_total: counter(
    'seconds',
    'Pressure stall (some): time in which at least one task waited; only with cgroup v2.',
    PRESSURE,
  ),
  host_pressure_stalled_seconds_total: counter(
    'seconds',
    'Pressure stall (full): time in which all tasks waited; only with cgroup v2.',
    PRESSURE,
  ),

  node_network_receive_bytes_total: counter('bytes', 'Received bytes.', NETWORK),
  node_network_receive_packets_total: counter('1', 'Received packets.', NETWORK),
  node_network_receive_errs_total: counter('1', 'Receive errors.', NETWORK),
  node_network_receive_drop_total: counter('1', 'Dropped received packets.', NETWORK),
  node_network_transmit_bytes_total: counter('bytes', 'Transmitted bytes.', NETWORK),
  node_network_transmit_packets_total: counter('1', 'Transmitted packets.', NETWORK),
  node_network_transmit_errs_total: counter('1', 'Transmit errors.', NETWORK),
  node_network_transmit_drop_total: counter('1', 'Packets dropped at transmission.', NETWORK),
  node_netstat_Tcp_CurrEstab: gauge('1', 'Established TCP connections.'),
  node_netstat_Tcp_ActiveOpens: counter('1', 'TCP connections opened by the host (active opens).', UPSTREAM_NAMING),
  node_netstat_Tcp_PassiveOpens: counter('1', 'TCP connections opened to the host (passive opens).', UPSTREAM_NAMING),
  node_netstat_Tcp_OutSegs: counter('1', 'Sent TCP segments.', UPSTREAM_NAMING),
  node_netstat_Tcp_RetransSegs: counter('1', 'Retransmitted TCP segments.', UPSTREAM_NAMING),
  node_netstat_TcpExt_ListenOverflows: counter(
    '1',
    'Connections refused because the accept queue was full.',
    UPSTREAM_NAMING,
  ),
  node_netstat_TcpExt_ListenDrops: counter('1', 'Connection attempts dropped by listening sockets.', UPSTREAM_NAMING),
  node_sockstat_sockets_used: gauge('1', 'Sockets in use, of all kinds.'),
  node_sockstat_TCP_inuse: gauge('1', 'TCP sockets in use.'),
  node_sockstat_TCP_tw: gauge('1', 'TCP sockets in TIME_WAIT.'),

  node_nf_conntrack_entries: gauge('1', 'Tracked connections.', { presence: 'by-kernel' }),
  node_nf_conntrack_entries_limit: gauge('1', 'Limit of tracked connections; packets of further ones are dropped.', {
    presence: 'by-kernel',
  }),

  host_service_exits_total: counter('1', 'Exits of the service process since the boot of the host, for any reason.', {
    labels: { service: atMost(40, 'services of the hosts') },
  }),
  host_tasks: gauge('1', 'Processes and threads.'),
  host_tasks_limit: gauge('1', 'Limit of processes and threads.', { presence: 'on-event' }),
  node_boot_time_seconds: gauge('timestamp', 'Boot time of the host.', UPSTREAM_NAMING),

  node_filesystem_size_bytes: gauge('bytes', 'Size of a file system.', FILESYSTEM),
  node_filesystem_free_bytes: gauge('bytes', 'Free space of a file system.', FILESYSTEM),
  node_filesystem_avail_bytes: gauge('bytes', 'Space of a file system available to services.', FILESYSTEM),
  node_filesystem_files: gauge('1', 'Inodes of a file system; 0 if not reported.', FILESYSTEM),
  node_filesystem_readonly: gauge('1', 'Whether a file system is read-only.', FILESYSTEM),
  node_filesystem_files_free: gauge('1', 'Free inodes of a file system.', FILESYSTEM),

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
  machine_cpu_seconds_total: counter('seconds', 'CPU time of the machine under the host, including idle time.', {
    labels: { mode: MODES },
  }),
  node_time_seconds: gauge('timestamp', 'System time of the host, to a second.', UPSTREAM_NAMING),
  machine_load1: gauge('1', 'One-minute load average of the machine under the host.'),
  machine_memory_available_bytes: gauge('bytes', 'Available memory of the machine under the host.'),
};
