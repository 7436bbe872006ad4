import type { Board } from '../board.ts';
import { hostNetworkRow, hostProcessRow } from './host-rows.ts';
import { hostsOfEveryTier } from './variables.ts';

const H = 'host=~"$host"';

/** Utilization, saturation and errors (USE) of the resources of every host, in every tier. */
export const HOSTS: Board = {
  uid: 'holdfast-hosts',
  title: 'Hosts',
  question: 'Is a host short of CPU, memory, disk or network, or does a process on it keep restarting?',
  domains: ['host'],
  drillDown: 'holdfast-chaos',
  variables: [hostsOfEveryTier()],
  rows: [
    {
      title: 'Summary',
      panels: [
        {
          kind: 'table',
          title: 'Resource utilization',
          description:
            'Share of its CPU, memory and fullest file system that each host uses. Throttled is the share of CPU periods in which the host had to wait.',
          unit: 'percentunit',
          columns: { host: 'Host' },
          queries: [
            { expr: `max by (host) (host:cpu_utilization:ratio{${H}})`, legend: 'CPU' },
            { expr: `max by (host) (host:cpu_saturation:ratio{${H}})`, legend: 'Throttled' },
            { expr: `max by (host) (host:memory_utilization:ratio{${H}})`, legend: 'Memory' },
            { expr: `max by (host) (host:disk_utilization:ratio{${H}})`, legend: 'Fullest file system' },
          ],
        },
        {
          kind: 'table',
          title: 'Saturation and errors',
          description: 'Events per second: memory limit hits, OOM kills, dropped packets and packets with errors.',
          unit: 'ops',
          columns: { host: 'Host' },
          queries: [
            { expr: `max by (host) (host:memory_saturation:rate{${H}})`, legend: 'Memory limit hits' },
            { expr: `max by (host) (host:memory_errors:rate{${H}})`, legend: 'OOM kills' },
            { expr: `max by (host) (host:network_saturation:rate{${H}})`, legend: 'Packet drops' },
            { expr: `max by (host) (host:network_errors:rate{${H}})`, legend: 'Packet errors' },
          ],
        },
      ],
    },
    {
      title: 'CPU',
      panels: [
        {
          kind: 'timeseries',
          title: 'CPU utilization',
          description: 'Share of the CPU cores available to a host that its processes used.',
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
          title: 'CPU throttled periods',
          description:
            'Share of periods in which a host used up its CPU quota and had to wait for the next period. Hosts without a CPU quota have no data.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `max by (host) (rate(host_cpu_throttled_periods_total{${H}}[$__rate_interval]) / (rate(host_cpu_periods_total{${H}}[$__rate_interval]) > 0))`,
              legend: '{{host}}',
              emptyWhen: 'no host has a CPU quota',
            },
          ],
          alert: 'HostThrottled',
        },
        {
          kind: 'timeseries',
          title: 'CPU throttling',
          description: 'Time per second that a host had to wait because its CPU quota was used up.',
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
          description: 'Average number of runnable tasks of a host that waited for a CPU, per CPU core of the host.',
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
          title: 'Machine CPU utilization',
          description:
            'Share of the CPU cores of the machine that is in use. If all hosts share one machine, they also share this limit.',
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
          title: 'Unreclaimable memory',
          description:
            'Share of the memory of a host that its processes use. At the limit, the kernel kills one of them.',
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
          title: 'OOM kills',
          description: 'Processes that the kernel killed because a host was out of memory.',
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
          title: 'Memory working set',
          description: 'Heaps, stacks and other memory that the kernel cannot reclaim at once, by host.',
          unit: 'bytes',
          queries: [{ expr: `max by (host) (host_memory_working_set_bytes{${H}})`, legend: '{{host}}' }],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Memory limit hits and major page faults',
          description:
            'Memory limit hits, after which the kernel had to reclaim memory. Major page faults are pages read from disk before a process could continue.',
          unit: 'ops',
          queries: [
            {
              expr: `max by (host) (rate(host_memory_limit_hits_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} limit hits',
            },
            {
              expr: `max by (host) (rate(host_memory_major_faults_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} major page faults',
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
          title: 'Free disk space',
          description:
            'Share of each file system that is available to services. Below the line, the alert fires if few bytes are left, too.',
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
          title: 'Free inodes',
          description: 'Share of the inodes of each file system that is free.',
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
          title: 'Disk throughput',
          description:
            'Bytes from and to disks. With cgroup v1, data that the kernel writes later for a process is not included.',
          unit: 'binBps',
          queries: [
            {
              expr: `sum by (host) (rate(host_disk_read_bytes_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} read',
              emptyWhen: 'the kernel does not count reads per cgroup',
            },
            {
              expr: `sum by (host) (rate(host_disk_written_bytes_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} written',
              emptyWhen: 'the kernel does not count writes per cgroup',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Pressure stall information (PSI)',
          description: 'Share of time in which at least one task of a host waited for memory, disk or CPU.',
          unit: 'percentunit',
          queries: [
            {
              expr: `max by (host, resource) (rate(host_pressure_waiting_seconds_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} for {{resource}}',
              emptyWhen: 'cgroup v1 does not provide pressure stall information',
            },
          ],
        },
      ],
    },
    hostNetworkRow(H),
    hostProcessRow(H),
  ],
};
