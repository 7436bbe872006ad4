import type { Board } from '../board.ts';
import { FIRING, HOLDS, UP } from './states.ts';

export const CHAOS: Board = {
  uid: 'holdfast-chaos',
  title: 'Chaos and releases',
  question: 'What happened when, what noticed it, and what did users feel?',
  domains: [],
  drillDown: 'holdfast-overview',
  variables: [],
  rows: [
    {
      title: 'What users felt',
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests that fail',
          description:
            'Share of requests that were answered with 5xx at the load balancers. The line is where people are mailed.',
          unit: 'percentunit',
          queries: [
            {
              expr: 'sum(rate(haproxy_backend_http_responses_total{proxy="web",code="5xx"}[$__rate_interval])) / sum(rate(haproxy_backend_http_responses_total{proxy="web"}[$__rate_interval]))',
              legend: '5xx',
              emptyWhen: 'nobody asks anything',
            },
          ],
          alert: 'HighErrorRate',
          width: 'full',
        },
      ],
    },
    {
      title: 'What happened and what noticed it',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Alerts',
          description: 'Which alerts fired when, and of which host.',
          unit: 'short',
          width: 'full',
          queries: [
            {
              expr: 'max by (alertname, host) (ALERTS{alertstate="firing",severity!="none"})',
              legend: '{{alertname}} {{host}}',
              emptyWhen: 'no alert fires',
            },
          ],
          states: FIRING,
        },
        {
          kind: 'state-timeline',
          title: 'Targets',
          description: 'Whether everything that is scraped on a host answers.',
          unit: 'short',
          queries: [{ expr: 'min by (host) (up)', legend: '{{host}}' }],
          states: UP,
          alert: 'TargetDown',
          drillDown: 'holdfast-monitors',
        },
        {
          kind: 'state-timeline',
          title: 'Virtual addresses',
          description: 'Which load balancer has each virtual address.',
          unit: 'short',
          queries: [{ expr: 'max by (iname, host) (lb_virtual_address_held)', legend: '{{iname}} on {{host}}' }],
          states: HOLDS,
          alert: 'VirtualAddressDuplicated',
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'state-timeline',
          title: 'Database',
          description: 'Which nodes are ONLINE.',
          unit: 'short',
          queries: [{ expr: 'max by (node) (holdfast_db_node_state{state="ONLINE"})', legend: '{{node}}' }],
          states: { 0: { text: 'not ONLINE', is: 'bad' }, 1: { text: 'ONLINE', is: 'good' } },
          alert: 'DatabaseNodeLost',
          drillDown: 'holdfast-database',
        },
        {
          kind: 'state-timeline',
          title: 'Who is in charge',
          description: 'Which database node gets writes, and which cache instance gets commands.',
          unit: 'short',
          queries: [
            { expr: 'max by (node) (holdfast_db_writer)', legend: 'writes: {{node}}' },
            { expr: 'max by (server) (haproxy_server_status{proxy="cache",state="UP"})', legend: 'cache: {{server}}' },
          ],
          states: HOLDS,
          drillDown: 'holdfast-database',
        },
      ],
    },
    {
      title: 'Releases and restarts',
      panels: [
        {
          kind: 'timeseries',
          title: 'Releases',
          description: 'How many application hosts run each release.',
          unit: 'short',
          queries: [{ expr: 'count by (commit) (build_info)', legend: '{{commit}}' }],
          stacked: true,
          drillDown: 'holdfast-app',
        },
        {
          kind: 'table',
          title: 'Started',
          description: 'When each process that tells so was started.',
          unit: 'dateTimeFromNow',
          columns: { host: 'Host', job: 'What' },
          queries: [{ expr: 'max by (host, job) (process_start_time_seconds{job=~".+"}) * 1000', legend: 'Started' }],
          drillDown: 'holdfast-monitors',
        },
      ],
    },
  ],
};
