import type { Row } from '../board.ts';

/** Network traffic, errors and drops of the hosts that match `selector`. */
export function hostNetworkRow(selector: string): Row {
  const lost = (what: string): string =>
    `sum by (host) (increase(node_network_receive_${what}_total{${selector}}[$__rate_interval])) + sum by (host) (increase(node_network_transmit_${what}_total{${selector}}[$__rate_interval]))`;
  return {
    title: 'Network',
    panels: [
      {
        kind: 'timeseries',
        title: 'Network traffic',
        description: 'Bytes that each host received and sent through all its networks.',
        unit: 'binBps',
        queries: [
          {
            expr: `sum by (host) (rate(node_network_receive_bytes_total{${selector}}[$__rate_interval]))`,
            legend: '{{host}} received',
          },
          {
            expr: `sum by (host) (rate(node_network_transmit_bytes_total{${selector}}[$__rate_interval]))`,
            legend: '{{host}} sent',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Packet errors and drops',
        description: 'Packets with errors and dropped packets, in either direction.',
        unit: 'short',
        queries: [
          { expr: lost('errs'), legend: '{{host}} errors' },
          { expr: lost('drop'), legend: '{{host}} dropped' },
        ],
      },
      {
        kind: 'timeseries',
        title: 'TCP retransmit ratio',
        description:
          'Share of TCP segments that were retransmitted. The path loses packets, or acknowledgments arrive too late.',
        unit: 'percentunit',
        queries: [
          {
            expr: `max by (host) (rate(node_netstat_Tcp_RetransSegs{${selector}}[$__rate_interval]) / (rate(node_netstat_Tcp_OutSegs{${selector}}[$__rate_interval]) > 0))`,
            legend: '{{host}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Listen queue overflows and drops',
        description: 'Connections that the kernel refused or dropped because a process did not accept them in time.',
        unit: 'short',
        queries: [
          {
            expr: `max by (host) (increase(node_netstat_TcpExt_ListenOverflows{${selector}}[$__rate_interval]))`,
            legend: '{{host}} overflows',
          },
          {
            expr: `max by (host) (increase(node_netstat_TcpExt_ListenDrops{${selector}}[$__rate_interval]))`,
            legend: '{{host}} drops',
          },
        ],
      },
    ],
  };
}

/** Restarts and number of processes on the hosts that match `selector`. */
export function hostProcessRow(selector: string): Row {
  return {
    title: 'Processes',
    panels: [
      {
        kind: 'timeseries',
        title: 'Process restarts',
        description:
          'Exits of the process of each service; its supervisor restarts it. The line is the threshold for exits within the alert window, which is seven scrapes of a host.',
        unit: 'short',
        queries: [
          {
            expr: `max by (host, service) (increase(host_service_exits_total{${selector}}[$__rate_interval])) > 0`,
            legend: '{{service}} on {{host}}',
            emptyWhen: 'no process has exited',
          },
        ],
        alert: 'ProcessRestarting',
      },
      {
        kind: 'table',
        title: 'Boot time',
        description: 'Boot time of each host. The counters of the host started then.',
        unit: 'dateTimeFromNow',
        columns: { host: 'Host' },
        queries: [{ expr: `max by (host) (node_boot_time_seconds{${selector}}) * 1000`, legend: 'Booted' }],
      },
      {
        kind: 'timeseries',
        title: 'Process and thread utilization',
        description:
          'Share of the maximum number of processes and threads of a host. At the limit, nothing can be started.',
        unit: 'percentunit',
        max: 1,
        queries: [
          {
            expr: `max by (host) (host_tasks{${selector}} / host_tasks_limit{${selector}})`,
            legend: '{{host}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: 'TCP connections',
        description: 'Established TCP connections, and closed connections in the state TIME_WAIT.',
        unit: 'short',
        queries: [
          { expr: `max by (host) (node_netstat_Tcp_CurrEstab{${selector}})`, legend: '{{host}} established' },
          { expr: `max by (host) (node_sockstat_TCP_tw{${selector}})`, legend: '{{host}} TIME_WAIT' },
        ],
      },
    ],
  };
}
