import type { Board } from '../board.ts';
import { logLinesRow } from './log-lines.ts';
import { NO_TRAFFIC, quantiles } from './queries.ts';
import { YES_NO, UP } from './states.ts';
import { hostsVariable } from './variables.ts';

const H = 'host=~"$host"';
/** Client frontends; the others serve monitors and processes of the same host. */
const CLIENTS = `${H},proxy!~"alive|stats"`;
const POOLS = `${H},proxy=~"web|app-pool"`;

export const LB: Board = {
  uid: 'holdfast-lb',
  title: 'Load balancers',
  question: 'Do the load balancers forward all requests, and which host owns the virtual IPs?',
  domains: ['lb'],
  drillDown: 'holdfast-web',
  variables: [hostsVariable('lb')],
  rows: [
    {
      title: 'Redundancy',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Virtual IP owner',
          description:
            'Shows whether each virtual IP is present on an interface of the host. Two owners at once are a split brain.',
          unit: 'short',
          queries: [{ expr: `max by (iname, host) (lb_virtual_address_held{${H}})`, legend: '{{iname}} on {{host}}' }],
          states: YES_NO,
          alert: 'VirtualAddressDuplicated',
        },
        {
          kind: 'state-timeline',
          title: 'HAProxy and keepalived availability',
          description: 'Shows whether HAProxy responds to its own host, and whether keepalived is running.',
          unit: 'short',
          queries: [
            { expr: `min by (host) (lb_haproxy_up{${H}})`, legend: 'HAProxy on {{host}}' },
            { expr: `min by (host) (keepalived_up{${H}})`, legend: 'keepalived on {{host}}' },
          ],
          states: UP,
          alert: 'LoadBalancerLost',
        },
        {
          kind: 'state-timeline',
          title: 'VRRP state',
          description: 'Latest state that keepalived reported for each of its instances.',
          unit: 'short',
          queries: [{ expr: `max by (iname, host) (keepalived_vrrp_state{${H}})`, legend: '{{iname}} on {{host}}' }],
          states: {
            0: { text: 'init', is: 'degraded' },
            1: { text: 'backup', is: 'neutral' },
            2: { text: 'master', is: 'good' },
            3: { text: 'fault', is: 'bad' },
          },
        },
        {
          kind: 'timeseries',
          title: 'Virtual IP owners and VRRP masters',
          description:
            'Number of hosts that own each virtual IP, and number that report VRRP state master. One is normal. Two are a split brain, regardless of the selected hosts.',
          unit: 'short',
          queries: [
            { expr: 'sum by (iname) (lb_virtual_address_held)', legend: '{{iname}} owners' },
            { expr: 'sum by (iname) (keepalived_vrrp_state == bool 2)', legend: '{{iname}} masters' },
          ],
          alert: 'VirtualAddressDuplicated',
        },
        {
          kind: 'timeseries',
          title: 'VRRP state transitions',
          description:
            'Transitions of each host within one data point, by state. Every transition to master is a short outage; many transitions mean an unstable network or CPU.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (host, iname, state) (increase(keepalived_vrrp_transitions_total{${H}}[$__rate_interval]))`,
              legend: '{{iname}} on {{host}} to {{state}}',
            },
          ],
        },
        {
          kind: 'table',
          title: 'Last VRRP transition',
          description:
            'Time since which each host is in its current state. Hosts cannot measure how long a virtual IP had no owner: the probes of the public endpoints show it.',
          unit: 'dateTimeFromNow',
          columns: { iname: 'Address', host: 'Host' },
          queries: [
            {
              expr: `max by (iname, host) (keepalived_vrrp_last_transition_timestamp_seconds{${H}}) * 1000`,
              legend: 'Changed',
            },
          ],
          drillDown: 'holdfast-chaos',
        },
      ],
    },
    {
      title: 'Requests, errors, duration',
      panels: [
        {
          kind: 'timeseries',
          title: 'Request rate by frontend',
          description: 'Requests that frontends received, by frontend and host.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (proxy, host) (rate(haproxy_frontend_http_requests_total{${CLIENTS}}[$__rate_interval]))`,
              legend: '{{proxy}} on {{host}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Error ratio by pool',
          description: 'Share of 5xx responses by pool, without requests that the load balancer denies.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum by (proxy) (rate(haproxy_backend_http_responses_total{${POOLS},code="5xx"}[$__rate_interval])) / sum by (proxy) (rate(haproxy_backend_http_responses_total{${POOLS}}[$__rate_interval]))`,
              legend: '{{proxy}}',
              emptyWhen: NO_TRAFFIC,
            },
          ],
          alert: 'HighErrorRate',
        },
        {
          kind: 'timeseries',
          title: 'Average response time by pool',
          description: 'Response time of the servers of a pool, averaged by HAProxy over its last 1024 requests.',
          unit: 's',
          queries: [
            {
              expr: `max by (proxy) (haproxy_backend_response_time_average_seconds{${H}})`,
              legend: '{{proxy}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Request duration p50/p90/p99',
          description:
            'Duration of client requests from the first byte to the last byte of the response: p50, p90, p99, from the access logs of HAProxy. Each exemplar is one request and links to its trace.',
          unit: 's',
          queries: quantiles(`haproxy_log_request_duration_seconds_bucket{${H},proxy=~"http|https"}`),
        },
        {
          kind: 'timeseries',
          title: 'Requests by HAProxy termination state',
          description:
            'Client requests that did not end normally, by the two-letter termination state of HAProxy. The letters show which side ended the request, and in which phase.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (termination) (rate(haproxy_log_requests_total{${H},proxy=~"http|https",termination!="--"}[$__rate_interval]))`,
              legend: '{{termination}}',
              emptyWhen: 'every request ends normally',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Server errors, retries and redispatches',
          description:
            'Failed connections, invalid responses, connection retries, and requests redispatched to another server.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (proxy) (rate(haproxy_backend_connection_errors_total{${H}}[$__rate_interval]))`,
              legend: '{{proxy}} connection errors',
            },
            {
              expr: `sum by (proxy) (rate(haproxy_backend_response_errors_total{${H}}[$__rate_interval]))`,
              legend: '{{proxy}} invalid responses',
            },
            {
              expr: `sum by (proxy) (rate(haproxy_backend_retry_warnings_total{${H}}[$__rate_interval]))`,
              legend: '{{proxy}} retries',
            },
            {
              expr: `sum by (proxy) (rate(haproxy_backend_redispatch_warnings_total{${H}}[$__rate_interval]))`,
              legend: '{{proxy}} redispatches',
            },
          ],
        },
      ],
    },
    {
      title: 'Saturation and pools',
      panels: [
        {
          kind: 'timeseries',
          title: 'HAProxy utilization',
          description: 'Share of time in which HAProxy was busy.',
          unit: 'percentunit',
          max: 1,
          queries: [{ expr: `1 - max by (host) (haproxy_process_idle_time_percent{${H}}) / 100`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Connections and queued requests',
          description: 'Open connections, and requests that wait for a server because every server is at its limit.',
          unit: 'short',
          queries: [
            { expr: `max by (host) (haproxy_process_current_connections{${H}})`, legend: 'connections of {{host}}' },
            { expr: `sum by (host) (haproxy_backend_current_queue{${H}})`, legend: 'queued at {{host}}' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Active servers by pool',
          description: 'Servers of each pool that receive traffic.',
          unit: 'short',
          queries: [
            { expr: `min by (proxy, host) (haproxy_backend_active_servers{${H}})`, legend: '{{proxy}} at {{host}}' },
          ],
        },
        {
          kind: 'state-timeline',
          title: 'Server status',
          description:
            'Shows whether a load balancer considers a server up. On the database and cache routes, only servers that may serve are up.',
          unit: 'short',
          queries: [
            {
              expr: `max by (proxy, server) (haproxy_server_status{${H},state="UP"})`,
              legend: '{{proxy}} {{server}}',
            },
          ],
          states: { 0: { text: 'not used', is: 'neutral' }, 1: { text: 'up', is: 'good' } },
        },
      ],
    },
    logLinesRow('haproxy', H),
  ],
};
