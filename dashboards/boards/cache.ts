import type { Board } from '../board.ts';
import { sentinelRow, valkeyRow } from './cache-valkey.ts';
import { HOLDS } from './states.ts';

/** Servers are called like their hosts. */
const HOST = 'host=~"$server"';
const CACHE = 'proxy="cache",server=~"$server"';

export const CACHE_BOARD: Board = {
  uid: 'holdfast-cache',
  title: 'Cache',
  question: 'Does the cache have a primary, and does it save the database work?',
  domains: ['cache'],
  drillDown: 'holdfast-app',
  variables: [{ name: 'server', label: 'Server', selector: 'haproxy_server_status{proxy="cache"}', of: 'server' }],
  rows: [
    {
      title: 'Role',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Primary',
          description: 'Which instance the load balancers send commands to: HAProxy asks each for its role.',
          unit: 'short',
          queries: [{ expr: `max by (server) (haproxy_server_status{${CACHE},state="UP"})`, legend: '{{server}}' }],
          states: HOLDS,
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'timeseries',
          title: 'Primaries',
          description: 'How many primaries each load balancer finds: one.',
          unit: 'short',
          queries: [{ expr: 'min by (host) (haproxy_backend_active_servers{proxy="cache"})', legend: 'at {{host}}' }],
          alert: 'CacheNoPrimary',
          drillDown: 'holdfast-lb',
        },
      ],
    },
    {
      title: 'What it does for the application',
      panels: [
        {
          kind: 'timeseries',
          title: 'Hit ratio',
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
        },
        {
          kind: 'timeseries',
          title: 'Commands',
          description: 'Commands of the application hosts by result.',
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
          title: 'Errors',
          description: 'Share of commands that failed or were not sent because the circuit was open.',
          unit: 'percentunit',
          queries: [
            {
              expr: '(sum(rate(cache_requests_total{result=~"error|skipped"}[$__rate_interval])) or vector(0)) / sum(rate(cache_requests_total[$__rate_interval]))',
              legend: 'failed',
              emptyWhen: 'nobody asks for a page that can be cached',
            },
          ],
        },
        {
          kind: 'state-timeline',
          title: 'Circuits',
          description: 'Whether an application host has given the cache up for a moment.',
          unit: 'short',
          queries: [{ expr: 'max by (host) (cache_circuit_state{state="open"})', legend: '{{host}}' }],
          states: { 0: { text: 'closed', is: 'good' }, 1: { text: 'open', is: 'bad' } },
        },
        {
          kind: 'timeseries',
          title: 'Connections',
          description: 'Connections of application hosts through the load balancers, by instance.',
          unit: 'short',
          queries: [{ expr: `sum by (server) (haproxy_server_current_sessions{${CACHE}})`, legend: '{{server}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Checks that failed',
          description: 'How often an instance stopped being the primary in the eyes of a load balancer.',
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
