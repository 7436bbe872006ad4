import type { Board } from '../board.ts';
import { budgetLeftPanel, burnRatePanel } from './budget-panels.ts';
import { NOBODY_ASKS, quantiles } from './queries.ts';
import { FIRING, HOLDS, UP } from './states.ts';

const FRONT = 'proxy=~"http|https"';

export const OVERVIEW: Board = {
  uid: 'holdfast-overview',
  title: 'Overview',
  question: 'Is the site well, and if not, where is it ill?',
  domains: ['site'],
  drillDown: 'holdfast-lb',
  variables: [],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          kind: 'stat',
          title: 'Alerts that fire',
          description: 'Alerts that people are mailed about; the always firing one is not counted.',
          unit: 'short',
          queries: [{ expr: 'count(ALERTS{alertstate="firing",severity!="none"}) or vector(0)', legend: 'alerts' }],
          drillDown: 'holdfast-chaos',
        },
        {
          kind: 'stat',
          title: 'Hosts lost',
          description: 'Hosts of which an alert says that they are lost.',
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
          title: 'Database nodes ONLINE',
          description:
            'Members of the group as the agent that sees most counts them. One less is one fault away from an outage.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_group_members_online)', legend: 'nodes' }],
          alert: 'DatabaseRedundancyLost',
          drillDown: 'holdfast-database',
        },
        {
          kind: 'stat',
          title: 'Nodes that take writes',
          description: 'One, or none while the group elects another primary.',
          unit: 'short',
          queries: [{ expr: 'max(holdfast_db_writers)', legend: 'nodes' }],
          alert: 'DatabaseNoWritablePrimary',
          drillDown: 'holdfast-database',
        },
        {
          kind: 'stat',
          title: 'Cache primaries',
          description: 'One, or none while Sentinel makes another one: then pages come from the database.',
          unit: 'short',
          queries: [{ expr: 'max(haproxy_backend_active_servers{proxy="cache"})', legend: 'primaries' }],
          alert: 'CacheNoPrimary',
          drillDown: 'holdfast-cache',
        },
        {
          kind: 'stat',
          title: 'Targets that cannot be scraped',
          description: 'Of everything that Prometheus asks, what does not answer.',
          unit: 'short',
          queries: [{ expr: 'count(up == 0) or vector(0)', legend: 'targets' }],
          drillDown: 'holdfast-monitors',
        },
      ],
    },
    {
      title: 'What users feel',
      panels: [
        {
          kind: 'timeseries',
          title: 'Traffic',
          description: 'Requests that the load balancers get from the edges, by the class of the answer.',
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
          title: 'Errors',
          description:
            'Share of requests that were answered with 5xx, at the load balancers and in the application. The line is where people are mailed.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum(rate(haproxy_backend_http_responses_total{proxy="web",code="5xx"}[$__rate_interval])) / sum(rate(haproxy_backend_http_responses_total{proxy="web"}[$__rate_interval]))`,
              legend: 'load balancers',
              emptyWhen: NOBODY_ASKS,
            },
            {
              expr: '(sum(rate(http_request_duration_seconds_count{job="app",status_code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(http_request_duration_seconds_count{job="app"}[$__rate_interval]))',
              legend: 'application',
              emptyWhen: NOBODY_ASKS,
            },
          ],
          alert: 'HighErrorRate',
          drillDown: 'holdfast-app',
        },
        {
          kind: 'timeseries',
          title: 'Latency',
          description:
            'Time until the application has answered. One in two, one in ten, one in a hundred takes longer.',
          unit: 's',
          queries: quantiles('http_request_duration_seconds_bucket{job="app"}'),
          drillDown: 'holdfast-app',
        },
        {
          kind: 'timeseries',
          title: 'Saturation',
          description:
            'How much of what can be used is used: the event loop of the busiest application host, its database connections, the processors of the busiest HAProxy.',
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
      title: 'What was promised',
      panels: [budgetLeftPanel('holdfast-objectives'), burnRatePanel('holdfast-objectives')],
    },
    {
      title: 'Tier by tier',
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests of each tier',
          description:
            'What each tier is asked, health checks left out: queries of the database, commands of the cache.',
          unit: 'reqps',
          width: 'third',
          queries: [{ expr: 'max by (tier) (tier:requests:rate)', legend: '{{tier}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Errors of each tier',
          description:
            'What failed: 5xx of load balancers, web and application hosts, what an edge could not get, writes that were tried again, commands of the cache that failed or were not tried.',
          unit: 'ops',
          width: 'third',
          queries: [{ expr: 'max by (tier) (tier:errors:rate)', legend: '{{tier}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Duration in each tier',
          description: 'One request in a hundred takes longer; of the database, one query.',
          unit: 's',
          width: 'third',
          queries: [{ expr: 'max by (tier) (tier:duration_seconds:p99)', legend: '{{tier}}', emptyWhen: NOBODY_ASKS }],
        },
      ],
    },
    {
      title: 'Who does what',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Virtual addresses',
          description:
            'Which load balancer has each virtual address on an interface. Two at once are a split brain, none is an outage.',
          unit: 'short',
          queries: [{ expr: 'max by (iname, host) (lb_virtual_address_held)', legend: '{{iname}} on {{host}}' }],
          states: HOLDS,
          alert: 'VirtualAddressDuplicated',
        },
        {
          kind: 'state-timeline',
          title: 'Database writer',
          description: 'Which node gets writes, in the eyes of either role agent.',
          unit: 'short',
          queries: [{ expr: 'max by (node) (holdfast_db_writer)', legend: '{{node}}' }],
          states: HOLDS,
          drillDown: 'holdfast-database',
        },
        {
          kind: 'state-timeline',
          title: 'Cache primary',
          description: 'Which instance the load balancers send commands to.',
          unit: 'short',
          queries: [
            { expr: 'max by (server) (haproxy_server_status{proxy="cache",state="UP"})', legend: '{{server}}' },
          ],
          states: HOLDS,
          drillDown: 'holdfast-cache',
        },
        {
          kind: 'state-timeline',
          title: 'Hosts that answer',
          description: 'Whether everything on a host that is scraped answers.',
          unit: 'short',
          queries: [{ expr: 'min by (host) (up)', legend: '{{host}}' }],
          states: UP,
          alert: 'TargetDown',
          drillDown: 'holdfast-hosts',
        },
        {
          kind: 'state-timeline',
          title: 'Alerts',
          description: 'Which alerts fired when.',
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
          drillDown: 'holdfast-chaos',
        },
      ],
    },
  ],
};
