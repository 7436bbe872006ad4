import type { Board } from '../board.ts';
import { quantiles } from './queries.ts';

export const LOAD: Board = {
  uid: 'holdfast-load',
  title: 'Load test',
  question: 'Which resource saturates first when the load increases?',
  domains: ['site'],
  drillDown: 'holdfast-app',
  variables: [],
  rows: [
    {
      title: 'Load and response time',
      panels: [
        {
          kind: 'timeseries',
          title: 'Request rate',
          description:
            'Requests at the load balancers and in the application. Nginx served the difference from its own files or cache.',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum(rate(haproxy_frontend_http_requests_total{proxy=~"http|https"}[$__rate_interval]))',
              legend: 'load balancers',
            },
            {
              expr: 'sum(rate(http_request_duration_seconds_count{job="app"}[$__rate_interval]))',
              legend: 'application',
            },
          ],
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'timeseries',
          title: 'Response time p50/p90/p99',
          description: 'Response time of the application. It rises sharply when a resource is exhausted.',
          unit: 's',
          queries: quantiles('http_request_duration_seconds_bucket{job="app"}'),
        },
        {
          kind: 'heatmap',
          title: 'Response time distribution',
          description: 'Number of requests by response time.',
          unit: 's',
          queries: [
            {
              expr: 'sum by (le) (increase(http_request_duration_seconds_bucket{job="app"}[$__rate_interval]))',
              legend: '{{le}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: '5xx responses',
          description: 'Responses with 5xx at the load balancers, and at each application host.',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum(rate(haproxy_frontend_http_responses_total{proxy=~"http|https",code="5xx"}[$__rate_interval]))',
              legend: 'load balancers',
            },
            {
              expr: 'sum by (host) (rate(http_request_duration_seconds_count{job="app",status_code=~"5.."}[$__rate_interval]))',
              legend: '{{host}}',
              emptyWhen: 'there has been no 5xx response',
            },
          ],
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [
        {
          kind: 'timeseries',
          title: 'Resource utilization',
          description: 'Utilization of the busiest resource of each kind. The first one to reach 100 % is the limit.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: 'max(rate(nodejs_eventloop_active_seconds_total{job="app"}[$__rate_interval]))',
              legend: 'event loop',
            },
            {
              expr: 'max(sum by (host, pool) (db_pool_connections{state="busy"}) / sum by (host, pool) (db_pool_connections))',
              legend: 'database connections of an application host',
            },
            {
              expr: 'max(mysql_global_status_threads_connected / mysql_global_variables_max_connections)',
              legend: 'sessions of a database node',
            },
            { expr: '1 - min(haproxy_process_idle_time_percent) / 100', legend: 'HAProxy' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'In-flight and queued requests',
          description:
            'Requests in flight in the application, callers that wait for a database connection, and requests queued at a load balancer.',
          unit: 'short',
          queries: [
            { expr: 'sum(http_requests_in_flight)', legend: 'in flight' },
            { expr: 'sum by (pool) (db_pool_waiting_callers)', legend: 'waiting for {{pool}}' },
            { expr: 'sum(haproxy_backend_current_queue)', legend: 'queued at load balancers' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Applier queue',
          description: 'Transactions that a node has received but not applied: the cost of writes on the secondaries.',
          unit: 'short',
          queries: [{ expr: 'max by (node) (holdfast_db_node_apply_queue)', legend: '{{node}}' }],
          drillDown: 'holdfast-database',
        },
        {
          kind: 'timeseries',
          title: 'Cache hit ratio',
          description: 'Share of reads that were served from the cache.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: 'sum(rate(cache_requests_total{operation="get",result="hit"}[$__rate_interval])) / sum(rate(cache_requests_total{operation="get"}[$__rate_interval]))',
              legend: 'hits',
              emptyWhen: 'there are no requests for cacheable pages',
            },
          ],
          drillDown: 'holdfast-cache',
        },
      ],
    },
  ],
};
