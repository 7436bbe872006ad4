import type { Board } from '../board.ts';
import { logLinesRow } from './log-lines.ts';
import { NO_TRAFFIC, quantiles } from './queries.ts';
import { UP } from './states.ts';

/** The servers of a pool as seen by HAProxy; the variable selects a server, not a load balancer. */
const WEB = 'proxy="web",server=~"$server"';
/** HAProxy servers have the names of their hosts. */
const H = 'host=~"$server"';

export const WEB_BOARD: Board = {
  uid: 'holdfast-web',
  title: 'Web',
  question: 'Do the Nginx hosts respond, and does one of them perform worse than the others?',
  domains: ['web'],
  drillDown: 'holdfast-app',
  variables: [{ name: 'server', label: 'Server', selector: 'haproxy_server_status{proxy="web"}', of: 'server' }],
  rows: [
    {
      title: 'Traffic as seen by the load balancers',
      panels: [
        {
          kind: 'timeseries',
          title: 'Response rate by status class',
          description: 'Responses by server and status class.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (server, code) (rate(haproxy_server_http_responses_total{${WEB}}[$__rate_interval]))`,
              legend: '{{server}} {{code}}',
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Error rate by server',
          description: 'Responses with 5xx, failed connections and invalid responses.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (server) (rate(haproxy_server_http_responses_total{${WEB},code="5xx"}[$__rate_interval]))`,
              legend: '{{server}} 5xx',
            },
            {
              expr: `sum by (server) (rate(haproxy_server_connection_errors_total{${WEB}}[$__rate_interval]))`,
              legend: '{{server}} connection errors',
            },
            {
              expr: `sum by (server) (rate(haproxy_server_response_errors_total{${WEB}}[$__rate_interval]))`,
              legend: '{{server}} invalid responses',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Average response time by server',
          description: 'Response time, averaged by HAProxy over the last 1024 requests to the server.',
          unit: 's',
          queries: [
            {
              expr: `max by (server) (haproxy_server_response_time_average_seconds{${WEB}})`,
              legend: '{{server}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Active sessions by server',
          description: 'Connections that a server is currently handling.',
          unit: 'short',
          queries: [{ expr: `sum by (server) (haproxy_server_current_sessions{${WEB}})`, legend: '{{server}}' }],
        },
      ],
    },
    {
      title: 'Health checks',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Pool membership',
          description:
            'Shows which servers are out of the pool. A host is lost when every load balancer that responds considers it down.',
          unit: 'short',
          queries: [{ expr: `min by (server) (haproxy_server_status{${WEB},state="DOWN"})`, legend: '{{server}}' }],
          states: { 0: { text: 'in', is: 'good' }, 1: { text: 'out', is: 'bad' } },
          alert: 'WebHostLost',
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'timeseries',
          title: 'Health check failures',
          description: 'Failed health checks while the server was up, and transitions from UP to DOWN.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (server) (rate(haproxy_server_check_failures_total{${WEB}}[$__rate_interval]))`,
              legend: '{{server}} failed checks',
            },
            {
              expr: `sum by (server) (rate(haproxy_server_check_up_down_total{${WEB}}[$__rate_interval]))`,
              legend: '{{server}} UP to DOWN',
            },
          ],
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'table',
          title: 'Server downtime',
          description: 'Downtime of each server in the selected time range, as seen by each load balancer.',
          unit: 's',
          columns: { server: 'Server', host: 'Seen by' },
          queries: [
            {
              expr: `sum by (server, host) (increase(haproxy_server_downtime_seconds_total{${WEB}}[$__range]))`,
              legend: 'Downtime',
            },
          ],
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'state-timeline',
          title: 'Pool status',
          description: 'Shows whether each load balancer has at least one web server left.',
          unit: 'short',
          queries: [
            { expr: 'min by (host) (haproxy_backend_status{proxy="web",state="UP"})', legend: 'web at {{host}}' },
          ],
          states: UP,
          drillDown: 'holdfast-lb',
        },
      ],
    },
    {
      title: 'Traffic as reported by Nginx',
      panels: [
        {
          kind: 'timeseries',
          title: 'Request rate by route',
          description: 'Responses by route, from the access logs of Nginx.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (route) (rate(nginx_http_request_duration_seconds_count{${H}}[$__rate_interval]))`,
              legend: '{{route}}',
              emptyWhen: NO_TRAFFIC,
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Request duration p50/p90/p99',
          description:
            'Time from the first byte of a request to the last byte of its response: p50, p90, p99. Each exemplar is one request and links to its trace.',
          unit: 's',
          queries: quantiles(`nginx_http_request_duration_seconds_bucket{${H}}`),
        },
        {
          kind: 'timeseries',
          title: 'Upstream response time p50/p90/p99',
          description: 'Duration of one attempt at an application host, as measured by Nginx.',
          unit: 's',
          queries: quantiles(`nginx_upstream_response_duration_seconds_bucket{${H}}`),
        },
        {
          kind: 'timeseries',
          title: 'Open and idle connections',
          description: 'Open connections, and idle connections among them.',
          unit: 'short',
          queries: [
            { expr: `sum by (host) (nginx_connections_active{${H}})`, legend: '{{host}} open' },
            { expr: `sum by (host) (nginx_connections_waiting{${H}})`, legend: '{{host}} idle' },
          ],
        },
      ],
    },
    logLinesRow('nginx', H),
  ],
};
