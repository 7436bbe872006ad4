import type { Board } from '../board.ts';
import { logLinesRow } from './log-lines.ts';
import { NOBODY_ASKS, quantiles } from './queries.ts';
import { HOLDS, UP } from './states.ts';
import { hostsVariable } from './variables.ts';

const H = 'host=~"$host"';
/** Frontends of clients; the others are asked by monitors and neighbours. */
const CLIENTS = `${H},proxy!~"alive|stats"`;
const POOLS = `${H},proxy=~"web|app-pool"`;

export const LB: Board = {
  uid: 'holdfast-lb',
  title: 'Load balancers',
  question: 'Do the load balancers pass everything on, and who holds the virtual addresses?',
  domains: ['lb'],
  drillDown: 'holdfast-web',
  variables: [hostsVariable('lb')],
  rows: [
    {
      title: 'Redundancy',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Virtual addresses',
          description: 'Whether each address is really on an interface of the host. Two at once are a split brain.',
          unit: 'short',
          queries: [{ expr: `max by (iname, host) (lb_virtual_address_held{${H}})`, legend: '{{iname}} on {{host}}' }],
          states: HOLDS,
          alert: 'VirtualAddressDuplicated',
        },
        {
          kind: 'state-timeline',
          title: 'HAProxy and keepalived',
          description: 'Whether HAProxy answers its own host, and whether keepalived lives.',
          unit: 'short',
          queries: [
            { expr: `min by (host) (lb_haproxy_answers{${H}})`, legend: 'HAProxy on {{host}}' },
            { expr: `min by (host) (keepalived_up{${H}})`, legend: 'keepalived on {{host}}' },
          ],
          states: UP,
          alert: 'LoadBalancerLost',
        },
        {
          kind: 'state-timeline',
          title: 'VRRP state',
          description: 'What keepalived last told of each of its instances.',
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
          title: 'Holders of an address',
          description:
            'On how many hosts each address really is, and how many say that they are its master: one. Two are a split brain, whoever is chosen above.',
          unit: 'short',
          queries: [
            { expr: 'sum by (iname) (lb_virtual_address_held)', legend: '{{iname}} is held by' },
            { expr: 'sum by (iname) (keepalived_vrrp_state == bool 2)', legend: '{{iname}} has masters' },
          ],
          alert: 'VirtualAddressDuplicated',
        },
        {
          kind: 'timeseries',
          title: 'Changes of state',
          description:
            'How often a host came to a state within the time that one point stands for. Every change to master is a short outage; many are an unsteady network or processor.',
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
          title: 'Last change of state',
          description:
            'Since when each host is in the state that it is in. How long an address was with nobody is not known to a host: the probes of the way in show it.',
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
          title: 'Requests',
          description: 'Requests that frontends received.',
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
          title: 'Errors',
          description: 'Share of the responses that are 5xx, by pool, without requests that the load balancer refuses.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum by (proxy) (rate(haproxy_backend_http_responses_total{${POOLS},code="5xx"}[$__rate_interval])) / sum by (proxy) (rate(haproxy_backend_http_responses_total{${POOLS}}[$__rate_interval]))`,
              legend: '{{proxy}}',
              emptyWhen: NOBODY_ASKS,
            },
          ],
          alert: 'HighErrorRate',
        },
        {
          kind: 'timeseries',
          title: 'Time to an answer',
          description: 'How long servers of a pool took, averaged by HAProxy over its last 1024 requests.',
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
          title: 'Duration',
          description:
            'Requests of clients from the first byte to the last of the answer, from the lines that HAProxy writes. One in two, one in ten, one in a hundred takes longer. Each point that stands apart is one request, and leads to its trace.',
          unit: 's',
          queries: quantiles(`haproxy_log_request_duration_seconds_bucket{${H},proxy=~"http|https"}`),
        },
        {
          kind: 'timeseries',
          title: 'Who ended requests',
          description:
            'Requests of clients that did not end in good order, by the two letters of HAProxy: who ended them, and in which phase.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (termination) (rate(haproxy_log_requests_total{${H},proxy=~"http|https",termination!="--"}[$__rate_interval]))`,
              legend: '{{termination}}',
              emptyWhen: 'every request ends in good order',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'What went wrong with servers',
          description:
            'Connections that failed, answers not understood, connections tried again and requests sent elsewhere.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (proxy) (rate(haproxy_backend_connection_errors_total{${H}}[$__rate_interval]))`,
              legend: '{{proxy}} connection errors',
            },
            {
              expr: `sum by (proxy) (rate(haproxy_backend_response_errors_total{${H}}[$__rate_interval]))`,
              legend: '{{proxy}} answers not understood',
            },
            {
              expr: `sum by (proxy) (rate(haproxy_backend_retry_warnings_total{${H}}[$__rate_interval]))`,
              legend: '{{proxy}} tried again',
            },
            {
              expr: `sum by (proxy) (rate(haproxy_backend_redispatch_warnings_total{${H}}[$__rate_interval]))`,
              legend: '{{proxy}} sent elsewhere',
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
          title: 'Busy',
          description: 'Share of its time in which HAProxy had something to do.',
          unit: 'percentunit',
          max: 1,
          queries: [{ expr: `1 - max by (host) (haproxy_process_idle_time_percent{${H}}) / 100`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Connections and queue',
          description: 'Connections that are open, and requests that wait for a server because every one is full.',
          unit: 'short',
          queries: [
            { expr: `max by (host) (haproxy_process_current_connections{${H}})`, legend: 'connections of {{host}}' },
            { expr: `sum by (host) (haproxy_backend_current_queue{${H}})`, legend: 'waiting at {{host}}' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Servers in use',
          description: 'Servers of each pool that get traffic.',
          unit: 'short',
          queries: [
            { expr: `min by (proxy, host) (haproxy_backend_active_servers{${H}})`, legend: '{{proxy}} at {{host}}' },
          ],
        },
        {
          kind: 'state-timeline',
          title: 'Servers',
          description:
            'Whether a load balancer holds a server for up. Of the database and cache routes only who may serve is up.',
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
