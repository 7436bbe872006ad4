import type { Row } from '../board.ts';

/** What goes in and out of the hosts that `selector` finds, and what is lost. */
export function hostNetworkRow(selector: string): Row {
  const lost = (what: string): string =>
    `sum by (host) (increase(node_network_receive_${what}_total{${selector}}[$__rate_interval])) + sum by (host) (increase(node_network_transmit_${what}_total{${selector}}[$__rate_interval]))`;
  return {
    title: 'Network',
    panels: [
      {
        kind: 'timeseries',
        title: 'Received and sent',
        description: 'Bytes through all networks of a host.',
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
        title: 'Packets lost',
        description: 'Packets that were broken or dropped, in either direction.',
        unit: 'short',
        queries: [
          { expr: lost('errs'), legend: '{{host}} broken' },
          { expr: lost('drop'), legend: '{{host}} dropped' },
        ],
      },
      {
        kind: 'timeseries',
        title: 'Sent again',
        description:
          'Share of the TCP segments that had to be sent again: the path loses packets, or answers too late.',
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
        title: 'Connections not accepted in time',
        description: 'Connections that were refused or dropped since a process did not accept them in time.',
        unit: 'short',
        queries: [
          {
            expr: `max by (host) (increase(node_netstat_TcpExt_ListenOverflows{${selector}}[$__rate_interval]))`,
            legend: '{{host}} refused',
          },
          {
            expr: `max by (host) (increase(node_netstat_TcpExt_ListenDrops{${selector}}[$__rate_interval]))`,
            legend: '{{host}} dropped',
          },
        ],
      },
    ],
  };
}

/** Which processes of the hosts that `selector` finds end, and how many there are. */
export function hostProcessRow(selector: string): Row {
  return {
    title: 'Processes',
    panels: [
      {
        kind: 'timeseries',
        title: 'Ends of processes',
        description:
          'How often the process of a service ended; its supervisor starts it again. The line is the number of ends within the time that the alert looks at, seven looks at a host.',
        unit: 'short',
        queries: [
          {
            expr: `max by (host, service) (increase(host_service_exits_total{${selector}}[$__rate_interval])) > 0`,
            legend: '{{service}} on {{host}}',
            emptyWhen: 'no process ends',
          },
        ],
        alert: 'ProcessRestarting',
      },
      {
        kind: 'table',
        title: 'Booted',
        description: 'When each host was booted: what it counts began then.',
        unit: 'dateTimeFromNow',
        columns: { host: 'Host' },
        queries: [{ expr: `max by (host) (node_boot_time_seconds{${selector}}) * 1000`, legend: 'Booted' }],
      },
      {
        kind: 'timeseries',
        title: 'Processes and threads',
        description: 'Share of the processes and threads that a host may have. At the limit nothing can be started.',
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
        title: 'Sockets',
        description: 'TCP connections that are established, and closed ones that are waited for.',
        unit: 'short',
        queries: [
          { expr: `max by (host) (node_netstat_Tcp_CurrEstab{${selector}})`, legend: '{{host}} established' },
          { expr: `max by (host) (node_sockstat_TCP_tw{${selector}})`, legend: '{{host}} waited for' },
        ],
      },
    ],
  };
}
