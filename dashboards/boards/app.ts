import type { Board } from '../board.ts';
import { NO_TRAFFIC, quantiles } from './queries.ts';
import { UP } from './states.ts';
import { hostsVariable } from './variables.ts';

const H = 'job="app",host=~"$host"';

export const APP_BOARD: Board = {
  uid: 'holdfast-app',
  title: 'Application',
  question: 'Does the application respond quickly and correctly, and which dependencies does it wait for?',
  domains: ['app', 'site'],
  drillDown: 'holdfast-database',
  variables: [hostsVariable('app')],
  rows: [
    {
      title: 'Requests, errors, duration',
      panels: [
        {
          kind: 'timeseries',
          title: 'Request rate by route',
          description: 'Requests per second by route.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (route) (rate(http_request_duration_seconds_count{${H}}[$__rate_interval]))`,
              legend: '{{route}}',
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Error ratio by host',
          description:
            'Share of requests with a 5xx response, by host. The line is the alert threshold for all hosts together.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum by (host) (rate(http_request_duration_seconds_count{${H},status_code=~"5.."}[$__rate_interval])) / sum by (host) (rate(http_request_duration_seconds_count{${H}}[$__rate_interval]))`,
              legend: '{{host}}',
              emptyWhen: 'there has been no 5xx response',
            },
          ],
          alert: 'HighErrorRate',
        },
        {
          kind: 'timeseries',
          title: 'Response time p50/p90/p99',
          description:
            'Time until the last byte of the response was sent. Exemplars link to the trace of their request.',
          unit: 's',
          queries: quantiles(`http_request_duration_seconds_bucket{${H}}`),
        },
        {
          kind: 'heatmap',
          title: 'Response time distribution',
          description:
            'Number of requests by response time. Two bands mean two kinds of requests, or one kind with and without the cache.',
          unit: 's',
          queries: [
            {
              expr: `sum by (le) (increase(http_request_duration_seconds_bucket{${H}}[$__rate_interval]))`,
              legend: '{{le}}',
            },
          ],
        },
        {
          kind: 'table',
          title: 'Requests by route',
          description: 'Number of requests by route in the selected time range.',
          unit: 'short',
          columns: { route: 'Route' },
          queries: [
            {
              expr: `sum by (route) (increase(http_request_duration_seconds_count{${H}}[$__range]))`,
              legend: 'Requests',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Orders by result',
          description: 'Orders by result. Replayed orders were sent twice and counted once.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (result) (rate(orders_total{host=~"$host"}[$__rate_interval]))',
              legend: '{{result}}',
              emptyWhen: 'there has been no order since the application started',
            },
          ],
        },
      ],
    },
    {
      title: 'Dependencies',
      panels: [
        {
          kind: 'timeseries',
          title: 'Database connection wait p99',
          description:
            'Time until a caller received a connection, p99 by pool. Long waits with few busy connections mean that the path to the database is broken.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.99, sum by (le, pool) (rate(db_pool_wait_seconds_bucket{host=~"$host"}[$__rate_interval])))',
              legend: '{{pool}}',
              emptyWhen: NO_TRAFFIC,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Database query duration p99',
          description: 'Duration of one round trip, p99 by operation.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.99, sum by (le, operation) (rate(db_query_duration_seconds_bucket{host=~"$host"}[$__rate_interval])))',
              legend: '{{operation}}',
              emptyWhen: NO_TRAFFIC,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Database connection pools',
          description: 'Connections by pool and state, and callers waiting for a connection.',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (pool, state) (db_pool_connections{host=~"$host"})',
              legend: '{{pool}} {{state}}',
            },
            { expr: 'sum by (pool) (db_pool_waiting_callers{host=~"$host"})', legend: '{{pool}} callers waiting' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Retries',
          description:
            'Retried write transactions and reads, by reason. The reasons `lost` and `group` occur during a failover.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (reason) (rate(db_transaction_retries_total{host=~"$host"}[$__rate_interval]))',
              legend: 'write: {{reason}}',
              emptyWhen: 'no write has been retried',
            },
            {
              expr: 'sum by (reason) (rate(db_read_retries_total{host=~"$host"}[$__rate_interval]))',
              legend: 'read: {{reason}}',
              emptyWhen: 'no read has been retried',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Cache commands by result',
          description:
            'Commands by operation and result. Skipped commands were not sent because the circuit breaker was open.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (operation, result) (rate(cache_requests_total{host=~"$host"}[$__rate_interval]))',
              legend: '{{operation}} {{result}}',
            },
          ],
          drillDown: 'holdfast-cache',
        },
        {
          kind: 'state-timeline',
          title: 'Cache circuit breaker',
          description: 'Open means that the cache failed, and that the application bypasses it for a moment.',
          unit: 'short',
          queries: [{ expr: 'max by (host) (cache_circuit_state{host=~"$host",state="open"})', legend: '{{host}}' }],
          states: { 0: { text: 'closed', is: 'good' }, 1: { text: 'open', is: 'bad' } },
          drillDown: 'holdfast-cache',
        },
      ],
    },
    {
      title: 'Hosts and saturation',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Host availability',
          description: 'Shows whether Prometheus can scrape the application on each host.',
          unit: 'short',
          queries: [{ expr: `min by (host) (up{${H}})`, legend: '{{host}}' }],
          states: UP,
          alert: 'AppHostLost',
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'timeseries',
          title: 'Event loop utilization',
          description: 'Share of time that the event loop was busy. At 100 %, every further request waits.',
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `max by (host) (rate(nodejs_eventloop_active_seconds_total{${H}}[$__rate_interval]))`,
              legend: '{{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'In-flight requests',
          description: 'Requests that the application is processing.',
          unit: 'short',
          queries: [{ expr: 'sum by (host) (http_requests_in_flight{host=~"$host"})', legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Memory usage',
          description: 'Resident memory of the process, and the part of it that JavaScript objects use.',
          unit: 'bytes',
          queries: [
            { expr: `max by (host) (process_resident_memory_bytes{${H}})`, legend: '{{host}} resident' },
            { expr: `max by (host) (nodejs_heap_size_used_bytes{${H}})`, legend: '{{host}} heap' },
          ],
        },
      ],
    },
  ],
};
