import type { Board } from '../board.ts';
import { sentinelRow, valkeyRow } from './cache-valkey.ts';
import { YES_NO } from './states.ts';

/** HAProxy servers have the names of their hosts. */
const HOST = 'host=~"$server"';
const CACHE = 'proxy="cache",server=~"$server"';

export const CACHE_BOARD: Board = {
  uid: 'holdfast-cache',
  title: 'Cache',
  question: 'Does the cache have a primary, and does it reduce the load on the database?',
  domains: ['cache'],
  drillDown: 'holdfast-app',
  variables: [{ name: 'server', label: 'Server', selector: 'haproxy_server_status{proxy="cache"}', of: 'server' }],
  rows: [
    {
      title: 'Primary in HAProxy',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Primary as seen by HAProxy',
          description: 'Instance that the load balancers send commands to. HAProxy checks the role of each instance.',
          unit: 'short',
          queries: [{ expr: `max by (server) (haproxy_server_status{${CACHE},state="UP"})`, legend: '{{server}}' }],
          states: YES_NO,
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'timeseries',
          title: 'Number of primaries by load balancer',
          description: 'Number of primaries that each load balancer finds. One is normal.',
          unit: 'short',
          queries: [{ expr: 'min by (host) (haproxy_backend_active_servers{proxy="cache"})', legend: 'at {{host}}' }],
          alert: 'CacheNoPrimary',
          drillDown: 'holdfast-lb',
        },
      ],
    },
    {
      title: 'Cache use by the application',
      panels: [
        {
          kind: 'timeseries',
          title: 'Hit ratio',
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
        },
        {
          kind: 'timeseries',
          title: 'Command rate by result',
          description: 'Commands of the application hosts, by operation and result.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (operation, result) (rate(cache_requests_total[$__rate_interval]))',
              legend: '{{operation}} {{result}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Error ratio',
          description: 'Share of commands that failed, or were skipped because the circuit breaker was open.',
          unit: 'percentunit',
          queries: [
            {
              expr: '(sum(rate(cache_requests_total{result=~"error|skipped"}[$__rate_interval])) or vector(0)) / sum(rate(cache_requests_total[$__rate_interval]))',
              legend: 'failed',
              emptyWhen: 'there are no requests for cacheable pages',
            },
          ],
        },
        {
          kind: 'state-timeline',
          title: 'Circuit breakers',
          description:
            'Circuit breaker of each application host. While it is open, the host bypasses the cache for a moment.',
          unit: 'short',
          queries: [{ expr: 'max by (host) (cache_circuit_state{state="open"})', legend: '{{host}}' }],
          states: { 0: { text: 'closed', is: 'good' }, 1: { text: 'open', is: 'bad' } },
        },
        {
          kind: 'timeseries',
          title: 'Connections by instance',
          description: 'Connections of application hosts through the load balancers, by instance.',
          unit: 'short',
          queries: [{ expr: `sum by (server) (haproxy_server_current_sessions{${CACHE}})`, legend: '{{server}}' }],
        },
        {
          kind: 'timeseries',
          title: 'UP to DOWN transitions',
          description: 'Rate at which a load balancer marked an instance down because it was no longer the primary.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (server) (rate(haproxy_server_check_up_down_total{${CACHE}}[$__rate_interval]))`,
              legend: '{{server}}',
            },
          ],
          drillDown: 'holdfast-lb',
        },
      ],
    },
    valkeyRow(HOST),
    sentinelRow(HOST),
  ],
};
