import type { Board } from '../board.ts';
import { budgetLeftPanel, burnRatePanel } from './budget-panels.ts';
import { NO_TRAFFIC, quantiles } from './queries.ts';
import { FIRING, YES_NO, UP } from './states.ts';

const FRONT = 'proxy=~"http|https"';

export const OVERVIEW: Board = {
  uid: 'holdfast-overview',
  title: 'Overview',
  question: 'Is the site healthy, and if not, which part of it is unhealthy?',
  domains: ['site'],
  drillDown: 'holdfast-lb',
  variables: [],
  rows: [
    {
      title: 'Current status',
      panels: [
        {
          kind: 'stat',
          title: 'Firing alerts',
          description: 'Number of firing alerts that are mailed, without the watchdog alert.',
          unit: 'short',
          queries: [{ expr: 'count(ALERTS{alertstate="firing",severity!="none"}) or vector(0)', legend: 'alerts' }],
          drillDown: 'holdfast-chaos',
        },
        {
          kind: 'stat',
          title: 'Lost hosts',
          description: 'Number of hosts that an alert reports as lost.',
          unit: 'short',
          queries: [
            {
              expr: 'count(count by (host) (ALERTS{alertstate="firing",alertname=~".*Lost",host!=""})) or vector(0)',
              legend: 'hosts',
            },
          ],
          drillDown: 'holdfast-hosts',
        },
        {
          kind: 'stat',
          title: 'ONLINE database nodes',
          description:
            'Members of the group, as counted by the role agent that sees the most. With one member missing, one more fault causes an outage.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_group_members_online)', legend: 'nodes' }],
          alert: 'DatabaseRedundancyLost',
          drillDown: 'holdfast-database',
        },
        {
          kind: 'stat',
          title: 'Database writers',
          description: 'Number of nodes that accept writes: one, or none while the group elects another primary.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_writers)', legend: 'nodes' }],
          alert: 'DatabaseNoWritablePrimary',
          drillDown: 'holdfast-database',
        },
        {
          kind: 'stat',
          title: 'Cache primaries',
          description:
            'Number of cache primaries: one, or none during a failover by Sentinel. Without a primary, pages come from the database.',
          unit: 'short',
          queries: [{ expr: 'max(haproxy_backend_active_servers{proxy="cache"})', legend: 'primaries' }],
          alert: 'CacheNoPrimary',
          drillDown: 'holdfast-cache',
        },
        {
          kind: 'stat',
          title: 'Targets down',
          description: 'Number of targets that Prometheus cannot scrape.',
          unit: 'short',
          queries: [{ expr: 'count(up == 0) or vector(0)', legend: 'targets' }],
          drillDown: 'holdfast-monitors',
        },
      ],
    },
    {
      title: 'User experience',
      panels: [
        {
          kind: 'timeseries',
          title: 'Request rate by status class',
          description: 'Requests that the load balancers receive from the edges, by status class of the response.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (code) (rate(haproxy_frontend_http_responses_total{${FRONT}}[$__rate_interval]))`,
              legend: '{{code}}',
            },
          ],
          stacked: true,
          drillDown: 'holdfast-objectives',
        },
        {
          kind: 'timeseries',
          title: 'Error ratio',
          description:
            'Share of requests with a 5xx response, at the load balancers and in the application. The line is the alert threshold.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum(rate(haproxy_backend_http_responses_total{proxy="web",code="5xx"}[$__rate_interval])) / sum(rate(haproxy_backend_http_responses_total{proxy="web"}[$__rate_interval]))`,
              legend: 'load balancers',
              emptyWhen: NO_TRAFFIC,
            },
            {
              expr: '(sum(rate(http_request_duration_seconds_count{job="app",status_code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(http_request_duration_seconds_count{job="app"}[$__rate_interval]))',
              legend: 'application',
              emptyWhen: NO_TRAFFIC,
            },
          ],
          alert: 'HighErrorRate',
          drillDown: 'holdfast-app',
        },
        {
          kind: 'timeseries',
          title: 'Response time p50/p90/p99',
          description: 'Response time of the application: p50, p90, p99.',
          unit: 's',
          queries: quantiles('http_request_duration_seconds_bucket{job="app"}'),
          drillDown: 'holdfast-app',
        },
        {
          kind: 'timeseries',
          title: 'Saturation',
          description:
            'Utilization of the busiest event loop, the busiest pool of database connections, and the busiest HAProxy.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: 'max(rate(nodejs_eventloop_active_seconds_total{job="app"}[$__rate_interval]))',
              legend: 'event loop',
            },
            {
              expr: 'max(sum by (host, pool) (db_pool_connections{state="busy"}) / sum by (host, pool) (db_pool_connections))',
              legend: 'database connections',
            },
            { expr: '1 - min(haproxy_process_idle_time_percent) / 100', legend: 'HAProxy' },
          ],
          drillDown: 'holdfast-app',
        },
      ],
    },
    {
      title: 'Error budgets',
      panels: [budgetLeftPanel('holdfast-objectives'), burnRatePanel('holdfast-objectives')],
    },
    {
      title: 'Tiers',
      panels: [
        {
          kind: 'timeseries',
          title: 'Request rate by tier',
          description:
            'Requests to each tier, without health checks. The database counts queries; the cache counts commands.',
          unit: 'reqps',
          width: 'third',
          queries: [{ expr: 'max by (tier) (tier:requests:rate)', legend: '{{tier}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Error rate by tier',
          description:
            'Edges, load balancers, web and application hosts count 5xx responses. The database counts retried writes; the cache counts failed and skipped commands.',
          unit: 'ops',
          width: 'third',
          queries: [{ expr: 'max by (tier) (tier:errors:rate)', legend: '{{tier}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Request duration p99 by tier',
          description: 'Duration of requests, p99 by tier. The database counts queries.',
          unit: 's',
          width: 'third',
          queries: [{ expr: 'max by (tier) (tier:duration_seconds:p99)', legend: '{{tier}}', emptyWhen: NO_TRAFFIC }],
        },
      ],
    },
    {
      title: 'Roles',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Virtual IP owner',
          description:
            'Load balancer that has each virtual IP on an interface. Two owners at once are a split brain; no owner is an outage.',
          unit: 'short',
          queries: [{ expr: 'max by (iname, host) (lb_virtual_address_held)', legend: '{{iname}} on {{host}}' }],
          states: YES_NO,
          alert: 'VirtualAddressDuplicated',
        },
        {
          kind: 'state-timeline',
          title: 'Database writer',
          description: 'Node that receives writes, as reported by either role agent.',
          unit: 'short',
          queries: [{ expr: 'max by (node) (holdfast_db_writer)', legend: '{{node}}' }],
          states: YES_NO,
          drillDown: 'holdfast-database',
        },
        {
          kind: 'state-timeline',
          title: 'Cache primary',
          description: 'Instance that the load balancers send commands to.',
          unit: 'short',
          queries: [
            { expr: 'max by (server) (haproxy_server_status{proxy="cache",state="UP"})', legend: '{{server}}' },
          ],
          states: YES_NO,
          drillDown: 'holdfast-cache',
        },
        {
          kind: 'state-timeline',
          title: 'Host availability',
          description: 'Shows whether Prometheus can scrape all targets on each host.',
          unit: 'short',
          queries: [{ expr: 'min by (host) (up)', legend: '{{host}}' }],
          states: UP,
          alert: 'TargetDown',
          drillDown: 'holdfast-hosts',
        },
        {
          kind: 'state-timeline',
          title: 'Alert history',
          description: 'Firing alerts over time, by alert and host.',
          unit: 'short',
          width: 'full',
          queries: [
            {
              expr: 'max by (alertname, host) (ALERTS{alertstate="firing",severity!="none"})',
              legend: '{{alertname}} {{host}}',
              emptyWhen: 'no alert is firing',
            },
          ],
          states: FIRING,
          drillDown: 'holdfast-chaos',
        },
      ],
    },
  ],
};
