import type { Board } from '../board.ts';
import { logLinesRow } from './log-lines.ts';
import { NOBODY_ASKS, quantiles } from './queries.ts';
import { UP } from './states.ts';

/** The servers of a pool as HAProxy sees them; the choice is a server, not a load balancer. */
const WEB = 'proxy="web",server=~"$server"';
/** Servers are called like their hosts. */
const H = 'host=~"$server"';

export const WEB_BOARD: Board = {
  uid: 'holdfast-web',
  title: 'Web',
  question: 'Do the Nginx hosts answer, and does one of them fare worse than the others?',
  domains: ['web'],
  drillDown: 'holdfast-app',
  variables: [{ name: 'server', label: 'Server', selector: 'haproxy_server_status{proxy="web"}', of: 'server' }],
  rows: [
    {
      title: 'As the load balancers see them',
      panels: [
        {
          kind: 'timeseries',
          title: 'Answers',
          description: 'Answers by server and class.',
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
          title: 'Errors',
          description: 'Answers with 5xx, connections that failed and answers that were not understood.',
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
              legend: '{{server}} not understood',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Time to an answer',
          description: 'Averaged by HAProxy over the last 1024 requests to the server.',
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
          title: 'Sessions',
          description: 'Connections that a server is busy with.',
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
          title: 'Out of the pool',
          description: 'A host is lost when every load balancer that answers holds it for down.',
          unit: 'short',
          queries: [{ expr: `min by (server) (haproxy_server_status{${WEB},state="DOWN"})`, legend: '{{server}}' }],
          states: { 0: { text: 'in', is: 'good' }, 1: { text: 'out', is: 'bad' } },
          alert: 'WebHostLost',
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'timeseries',
          title: 'Checks that failed',
          description: 'Checks that failed while the server was up, and how often it went down.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (server) (rate(haproxy_server_check_failures_total{${WEB}}[$__rate_interval]))`,
              legend: '{{server}} failed checks',
            },
            {
              expr: `sum by (server) (rate(haproxy_server_check_up_down_total{${WEB}}[$__rate_interval]))`,
              legend: '{{server}} went down',
            },
          ],
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'table',
          title: 'Time out of the pool',
          description:
            'For how long a server was down within the time that is looked at, in the eyes of one load balancer.',
          unit: 's',
          columns: { server: 'Server', host: 'Seen by' },
          queries: [
            {
              expr: `sum by (server, host) (increase(haproxy_server_downtime_seconds_total{${WEB}}[$__range]))`,
              legend: 'Down for',
            },
          ],
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'state-timeline',
          title: 'The pool',
          description: 'Whether a load balancer has any web server left.',
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
      title: 'As they tell it themselves',
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests by route',
          description: 'Answers by what was asked for, from the lines that Nginx writes.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (route) (rate(nginx_http_request_duration_seconds_count{${H}}[$__rate_interval]))`,
              legend: '{{route}}',
              emptyWhen: NOBODY_ASKS,
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Duration',
          description:
            'From the first byte of a request to the last of its answer. One in two, one in ten, one in a hundred takes longer. Each point that stands apart is one request, and leads to its trace.',
          unit: 's',
          queries: quantiles(`nginx_http_request_duration_seconds_bucket{${H}}`),
        },
        {
          kind: 'timeseries',
          title: 'Duration of the application',
          description: 'What one try at an application host took, as Nginx sees it.',
          unit: 's',
          queries: quantiles(`nginx_upstream_response_duration_seconds_bucket{${H}}`),
        },
        {
          kind: 'timeseries',
          title: 'Connections',
          description: 'Connections that are open, and those in which nothing is asked at the moment.',
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
