import type { Board } from '../board.ts';
import { NOBODY_ASKS, quantiles } from './queries.ts';
import { UP } from './states.ts';
import { hostsVariable } from './variables.ts';

const H = 'job="app",host=~"$host"';

export const APP_BOARD: Board = {
  uid: 'holdfast-app',
  title: 'Application',
  question: 'Does the application answer fast and rightly, and what does it wait for?',
  domains: ['app', 'site'],
  drillDown: 'holdfast-database',
  variables: [hostsVariable('app')],
  rows: [
    {
      title: 'Requests, errors, duration',
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests',
          description: 'Requests by route.',
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
          title: 'Errors',
          description:
            'Share of requests that were answered with 5xx, by host. The line is where people are mailed for all hosts together.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum by (host) (rate(http_request_duration_seconds_count{${H},status_code=~"5.."}[$__rate_interval])) / sum by (host) (rate(http_request_duration_seconds_count{${H}}[$__rate_interval]))`,
              legend: '{{host}}',
              emptyWhen: 'no request was ever answered with 5xx',
            },
          ],
          alert: 'HighErrorRate',
        },
        {
          kind: 'timeseries',
          title: 'Latency',
          description: 'Time until the last byte of the answer was sent. A point with a trace leads to that request.',
          unit: 's',
          queries: quantiles(`http_request_duration_seconds_bucket{${H}}`),
        },
        {
          kind: 'heatmap',
          title: 'Latency, all of it',
          description:
            'How many requests took how long. Two bands are two kinds of requests, or one kind with and without the cache.',
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
          title: 'Routes',
          description: 'Requests by route, over the time that is looked at.',
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
          title: 'Orders',
          description: 'Orders by outcome. Replayed ones were sent twice and counted once.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (result) (rate(orders_total{host=~"$host"}[$__rate_interval]))',
              legend: '{{result}}',
              emptyWhen: 'nobody has ordered anything since the application was started',
            },
          ],
        },
      ],
    },
    {
      title: 'What it waits for',
      panels: [
        {
          kind: 'timeseries',
          title: 'Wait for a database connection',
          description:
            'Time until a caller had a connection, p99 by pool. Long waits with few busy connections mean that the way there is broken.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.99, sum by (le, pool) (rate(db_pool_wait_seconds_bucket{host=~"$host"}[$__rate_interval])))',
              legend: '{{pool}}',
              emptyWhen: NOBODY_ASKS,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Database queries',
          description: 'Time of one round trip, p99 by operation.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.99, sum by (le, operation) (rate(db_query_duration_seconds_bucket{host=~"$host"}[$__rate_interval])))',
              legend: '{{operation}}',
              emptyWhen: NOBODY_ASKS,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Database connections',
          description: 'Connections by pool and state, and callers that wait for one.',
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
          title: 'Tried again',
          description:
            'Write transactions and reads that were tried again, by reason. Lost and group come with a failover.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (reason) (rate(db_transaction_retries_total{host=~"$host"}[$__rate_interval]))',
              legend: 'write: {{reason}}',
              emptyWhen: 'no write had to be tried again',
            },
            {
              expr: 'sum by (reason) (rate(db_read_retries_total{host=~"$host"}[$__rate_interval]))',
              legend: 'read: {{reason}}',
              emptyWhen: 'no read had to be tried again',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Cache',
          description: 'Commands by result. Skipped ones were not sent because the circuit is open.',
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
          title: 'Circuit to the cache',
          description: 'Open means that the cache failed and is left alone for a moment.',
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
          title: 'Hosts',
          description: 'Whether the application answers Prometheus.',
          unit: 'short',
          queries: [{ expr: `min by (host) (up{${H}})`, legend: '{{host}}' }],
          states: UP,
          alert: 'AppHostLost',
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'timeseries',
          title: 'Event loop',
          description: 'Share of time in which JavaScript had work to do. At 100 % every further request waits.',
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
          title: 'Requests in flight',
          description: 'Requests that are being answered.',
          unit: 'short',
          queries: [{ expr: 'sum by (host) (http_requests_in_flight{host=~"$host"})', legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Memory',
          description: 'Memory of the process in RAM, and of it what JavaScript’s objects take.',
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
