import type { Board } from '../board.ts';
import { quantiles } from './queries.ts';

export const LOAD: Board = {
  uid: 'holdfast-load',
  title: 'Load test',
  question: 'What gives way first when the load grows?',
  domains: ['site'],
  drillDown: 'holdfast-app',
  variables: [],
  rows: [
    {
      title: 'Load and answer',
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests',
          description:
            'Requests at the load balancers and in the application. What is between the lines, Nginx has answered from its own files or cache.',
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
          title: 'Latency',
          description: 'Time until the application has answered. It bends upwards where something is used up.',
          unit: 's',
          queries: quantiles('http_request_duration_seconds_bucket{job="app"}'),
        },
        {
          kind: 'heatmap',
          title: 'Latency, all of it',
          description: 'How many requests took how long.',
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
          title: 'Requests that fail',
          description: 'Answers with 5xx at the load balancers, and requests that an application host answered so.',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum(rate(haproxy_frontend_http_responses_total{proxy=~"http|https",code="5xx"}[$__rate_interval]))',
              legend: 'load balancers',
            },
            {
              expr: 'sum by (host) (rate(http_request_duration_seconds_count{job="app",status_code=~"5.."}[$__rate_interval]))',
              legend: '{{host}}',
              emptyWhen: 'no request was ever answered with 5xx',
            },
          ],
        },
      ],
    },
    {
      title: 'What gives way',
      panels: [
        {
          kind: 'timeseries',
          title: 'Used up',
          description:
            'How much of what can be used is used: the busiest of each kind. Whatever meets 100 % first is the limit.',
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
          title: 'Waiting',
          description:
            'Requests in flight in the application, callers that wait for a database connection, requests that wait at a load balancer.',
          unit: 'short',
          queries: [
            { expr: 'sum(http_requests_in_flight)', legend: 'in flight' },
            { expr: 'sum by (pool) (db_pool_waiting_callers)', legend: 'waiting for {{pool}}' },
            { expr: 'sum(haproxy_backend_current_queue)', legend: 'waiting at load balancers' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Database under load',
          description: 'Transactions that a node has received and not applied: the price of writes on the secondaries.',
          unit: 'short',
          queries: [{ expr: 'max by (node) (holdfast_db_node_apply_queue)', legend: '{{node}}' }],
          drillDown: 'holdfast-database',
        },
        {
          kind: 'timeseries',
          title: 'Cache under load',
          description: 'Share of reads that were answered from the cache.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: 'sum(rate(cache_requests_total{operation="get",result="hit"}[$__rate_interval])) / sum(rate(cache_requests_total{operation="get"}[$__rate_interval]))',
              legend: 'hits',
              emptyWhen: 'nobody asks for a page that can be cached',
            },
          ],
          drillDown: 'holdfast-cache',
        },
      ],
    },
  ],
};
