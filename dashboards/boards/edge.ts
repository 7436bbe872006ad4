import type { Board } from '../board.ts';
import { originRow, varnishRows } from './edge-varnish.ts';
import { NOBODY_ASKS } from './queries.ts';
import { hostsVariable } from './variables.ts';

/** Nobody but the edges asks these frontends, at whichever load balancer. */
const FRONT = 'proxy=~"http|https"';

export const EDGE: Board = {
  uid: 'holdfast-edge',
  title: 'Edges',
  question: 'Do the edges answer, how much from their own cache, and what do they get from the site?',
  domains: ['edge', 'site'],
  drillDown: 'holdfast-lb',
  variables: [hostsVariable('edge')],
  rows: [
    ...varnishRows('host=~"$host"'),
    originRow('host=~"$host"'),
    {
      title: 'Clients',
      panels: [
        {
          kind: 'timeseries',
          title: 'Responses to clients',
          description: 'Responses of the edges by class, before any load balancer.',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (host, code) (rate(haproxy_frontend_http_responses_total{proxy="edge",host=~"$host"}[$__rate_interval]))',
              legend: '{{code}} of {{host}}',
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Refused by client limits',
          description: 'Connections and requests refused because their client address exceeds its limits.',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (host) (rate(haproxy_frontend_denied_connections_total[$__rate_interval]))',
              legend: 'connections at {{host}}',
            },
            {
              expr: 'sum by (host) (rate(haproxy_frontend_requests_denied_total[$__rate_interval]))',
              legend: 'requests at {{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Open connections',
          description: 'Connections of clients at each edge; idle ones count.',
          unit: 'short',
          queries: [
            {
              expr: 'max by (host) (haproxy_frontend_current_sessions{proxy="edge",host=~"$host"})',
              legend: '{{host}}',
            },
          ],
        },
      ],
    },
    {
      title: 'What the edges pass on',
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests to the site',
          description:
            'What the edges could not answer from their own cache, and their checks whether the site is there.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (proxy) (rate(haproxy_frontend_http_requests_total{${FRONT}}[$__rate_interval]))`,
              legend: '{{proxy}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'What they get',
          description: 'Answers by class. An edge that gets 5xx goes on with what it has.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (code) (rate(haproxy_frontend_http_responses_total{${FRONT}}[$__rate_interval]))`,
              legend: '{{code}}',
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Errors',
          description: 'Share of the responses of each edge that are 5xx, without requests that it refuses.',
          unit: 'percentunit',
          queries: [
            {
              expr: 'sum by (host) (rate(haproxy_backend_http_responses_total{proxy="varnish",code="5xx"}[$__rate_interval])) / sum by (host) (rate(haproxy_backend_http_responses_total{proxy="varnish"}[$__rate_interval]))',
              legend: '{{host}}',
              emptyWhen: NOBODY_ASKS,
            },
          ],
          alert: 'HighErrorRate',
        },
        {
          kind: 'timeseries',
          title: 'Connections and bad requests',
          description: 'Sessions that the edges hold open, and requests that were not understood.',
          unit: 'short',
          queries: [
            { expr: `sum by (proxy) (haproxy_frontend_current_sessions{${FRONT}})`, legend: '{{proxy}} sessions' },
            {
              expr: `sum by (proxy) (increase(haproxy_frontend_request_errors_total{${FRONT}}[$__rate_interval]))`,
              legend: '{{proxy}} not understood',
            },
          ],
        },
      ],
    },
  ],
};
