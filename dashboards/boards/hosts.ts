import type { Board } from '../board.ts';
import { hostNetworkRow, hostProcessRow } from './host-rows.ts';
import { hostsOfEveryTier } from './variables.ts';

const H = 'host=~"$host"';

/** Utilization, saturation and errors of what every host has, whatever runs there. */
export const HOSTS: Board = {
  uid: 'holdfast-hosts',
  title: 'Hosts',
  question: 'Is a host short of processor time, memory, disk or network, or does something on it not stay?',
  domains: ['host'],
  drillDown: 'holdfast-chaos',
  variables: [hostsOfEveryTier()],
  rows: [
    {
      title: 'Every host at a glance',
      panels: [
        {
          kind: 'table',
          title: 'How much of it is used',
          description:
            'Share of its processors, of its memory and of its fullest file system that a host uses, and share of the time in which it had to wait for its processors.',
          unit: 'percentunit',
          columns: { host: 'Host' },
          queries: [
            { expr: `max by (host) (host:cpu_utilization:ratio{${H}})`, legend: 'Processors' },
            { expr: `max by (host) (host:cpu_saturation:ratio{${H}})`, legend: 'Throttled' },
            { expr: `max by (host) (host:memory_utilization:ratio{${H}})`, legend: 'Memory' },
            { expr: `max by (host) (host:disk_utilization:ratio{${H}})`, legend: 'Fullest file system' },
          ],
        },
        {
          kind: 'table',
          title: 'What it was short of, and what failed',
          description:
            'How often each second a host was at the limit of its memory or a process was killed for want of it, and packets that were dropped or broken.',
          unit: 'ops',
          columns: { host: 'Host' },
          queries: [
            { expr: `max by (host) (host:memory_saturation:rate{${H}})`, legend: 'At the limit of memory' },
            { expr: `max by (host) (host:memory_errors:rate{${H}})`, legend: 'Killed' },
            { expr: `max by (host) (host:network_saturation:rate{${H}})`, legend: 'Packets dropped' },
            { expr: `max by (host) (host:network_errors:rate{${H}})`, legend: 'Packets broken' },
          ],
        },
      ],
    },
    {
      title: 'Processors',
      panels: [
        {
          kind: 'timeseries',
          title: 'Processor time',
          description: 'Share of the processors that a host may use that its processes have used.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum by (host) (rate(host_cpu_seconds_total{${H}}[$__rate_interval])) / max by (host) (host_cpu_cores{${H}})`,
              legend: '{{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Throttled',
          description:
            'Share of the periods in which a host had used up its share and had to wait for the next one. Hosts without a limited share have none.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `max by (host) (rate(host_cpu_throttled_periods_total{${H}}[$__rate_interval]) / (rate(host_cpu_periods_total{${H}}[$__rate_interval]) > 0))`,
              legend: '{{host}}',
              emptyWhen: 'no host has a limited share of the processors',
            },
          ],
          alert: 'HostThrottled',
        },
        {
          kind: 'timeseries',
          title: 'Waited for processors',
          description: 'Time that a host had to wait because its share was used up, in each second.',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (host) (rate(host_cpu_throttled_seconds_total{${H}}[$__rate_interval]))`,
              legend: '{{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'CPU run queue wait',
          description: 'Tasks of a host that were ready to run and waited for a processor, for each of its processors.',
          unit: 'short',
          queries: [
            {
              expr: `max by (host) (rate(host_cpu_run_delay_seconds_total{${H}}[$__rate_interval]) / host_cpu_cores{${H}})`,
              legend: '{{host}}',
            },
          ],
          alert: 'HostCpuSaturated',
        },
        {
          kind: 'timeseries',
          title: 'The machine under the hosts',
          description:
            'Share of all its processors that the machine has used. Where all hosts share one machine, its limit is the limit of all of them together.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `1 - max(sum by (host) (rate(machine_cpu_seconds_total{${H},mode=~"idle|iowait"}[$__rate_interval])) / sum by (host) (rate(machine_cpu_seconds_total{${H}}[$__rate_interval])))`,
              legend: 'machine',
            },
          ],
        },
      ],
    },
    {
      title: 'Memory',
      panels: [
        {
          kind: 'timeseries',
          title: 'Memory that cannot be taken back',
          description: 'Share of its memory that the processes of a host hold. At the limit one of them is killed.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `max by (host) (host_memory_working_set_bytes{${H}} / node_memory_MemTotal_bytes{${H}})`,
              legend: '{{host}}',
            },
          ],
          alert: 'HostOutOfMemory',
        },
        {
          kind: 'timeseries',
          title: 'Killed for want of memory',
          description: 'Processes that were killed because a host had no memory left.',
          unit: 'short',
          queries: [
            {
              expr: `max by (host) (increase(host_memory_oom_kills_total{${H}}[$__rate_interval]))`,
              legend: '{{host}}',
            },
          ],
          alert: 'HostOutOfMemory',
        },
        {
          kind: 'timeseries',
          title: 'Memory in use',
          description: 'Heaps, stacks and what cannot be taken back at once, by host.',
          unit: 'bytes',
          queries: [{ expr: `max by (host) (host_memory_working_set_bytes{${H}})`, legend: '{{host}}' }],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Short of memory',
          description:
            'How often a host was at its limit and something had to be taken back, and pages that had to be read from a disk before a process could go on.',
          unit: 'ops',
          queries: [
            {
              expr: `max by (host) (rate(host_memory_limit_hits_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} at its limit',
            },
            {
              expr: `max by (host) (rate(host_memory_major_faults_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} pages read',
            },
          ],
        },
      ],
    },
    {
      title: 'Disk',
      panels: [
        {
          kind: 'timeseries',
          title: 'Space that is left',
          description:
            'Share of each file system that services can still fill. Below the line it is an alert where it is few bytes, too.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `min by (host, mountpoint) (node_filesystem_avail_bytes{${H}} / node_filesystem_size_bytes{${H}})`,
              legend: '{{mountpoint}} of {{host}}',
            },
          ],
          alert: 'DiskAlmostFull',
        },
        {
          kind: 'timeseries',
          title: 'Files that it can take',
          description: 'Share of the files that a file system can hold that it can still take.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `min by (host, mountpoint) (node_filesystem_files_free{${H}} / (node_filesystem_files{${H}} > 0))`,
              legend: '{{mountpoint}} of {{host}}',
            },
          ],
          alert: 'DiskAlmostFull',
        },
        {
          kind: 'timeseries',
          title: 'Read and written',
          description:
            'Bytes from and to disks. In control groups of version 1 without what the kernel writes later for a process.',
          unit: 'binBps',
          queries: [
            {
              expr: `sum by (host) (rate(host_disk_read_bytes_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} read',
              emptyWhen: 'the kernel counts no reads of a control group',
            },
            {
              expr: `sum by (host) (rate(host_disk_written_bytes_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} written',
              emptyWhen: 'the kernel counts no writes of a control group',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Waited for memory, disk and processors',
          description:
            'Share of the time in which some task of a host waited for a resource (pressure stall information).',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (host, resource) (rate(host_pressure_waiting_seconds_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} for {{resource}}',
              emptyWhen: 'control groups are of version 1, which tell nothing of it',
            },
          ],
        },
      ],
    },
    hostNetworkRow(H),
    hostProcessRow(H),
  ],
};
