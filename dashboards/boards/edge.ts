import type { Board } from '../board.ts';
import { originRow, varnishRows } from './edge-varnish.ts';
import { NO_TRAFFIC } from './queries.ts';
import { hostsVariable } from './variables.ts';

/** Frontends that receive the requests of the edges, on every load balancer. */
const FRONT = 'proxy=~"http|https"';

export const EDGE: Board = {
  uid: 'holdfast-edge',
  title: 'Edges',
  question:
    'Do the edges respond, how much do they serve from their cache, and which responses do they get from the site?',
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
          title: 'Response rate by status class',
          description: 'Responses of the edges to clients by status class, measured in front of the load balancers.',
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
          title: 'Connections and requests denied by client limits',
          description: 'Connections and requests that HAProxy denied because the client address exceeded its limits.',
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
          title: 'Client connections',
          description: 'Connections of clients at each edge, including idle connections.',
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
      title: 'Requests to the site',
      panels: [
        {
          kind: 'timeseries',
          title: 'Request rate to the site',
          description: 'Requests that the edges could not serve from their cache, and their health checks of the site.',
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
          title: 'Site responses by status class',
          description:
            'Responses of the site by status class. An edge that receives 5xx continues to serve its cached responses.',
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
          title: 'Error ratio by edge',
          description: 'Share of 5xx responses at each edge, without requests that the edge denies.',
          unit: 'percentunit',
          queries: [
            {
              expr: 'sum by (host) (rate(haproxy_backend_http_responses_total{proxy="varnish",code="5xx"}[$__rate_interval])) / sum by (host) (rate(haproxy_backend_http_responses_total{proxy="varnish"}[$__rate_interval]))',
              legend: '{{host}}',
              emptyWhen: NO_TRAFFIC,
            },
          ],
          alert: 'HighErrorRate',
        },
        {
          kind: 'timeseries',
          title: 'Site connections and malformed requests',
          description: 'Sessions that the edges keep open, and requests that HAProxy could not parse.',
          unit: 'short',
          queries: [
            { expr: `sum by (proxy) (haproxy_frontend_current_sessions{${FRONT}})`, legend: '{{proxy}} sessions' },
            {
              expr: `sum by (proxy) (increase(haproxy_frontend_request_errors_total{${FRONT}}[$__rate_interval]))`,
              legend: '{{proxy}} malformed requests',
            },
          ],
        },
      ],
    },
  ],
};
