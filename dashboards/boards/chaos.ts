import type { Board } from '../board.ts';
import { ACTIVE, FIRING, YES_NO, UP } from './states.ts';

export const CHAOS: Board = {
  uid: 'holdfast-chaos',
  title: 'Chaos and releases',
  question: 'When did something fail, which alerts fired, and how were users affected?',
  domains: [],
  drillDown: 'holdfast-overview',
  variables: [],
  rows: [
    {
      title: 'User impact',
      panels: [
        {
          kind: 'timeseries',
          title: 'Error ratio',
          description: 'Share of requests with a 5xx response at the load balancers. The line is the alert threshold.',
          unit: 'percentunit',
          queries: [
            {
              expr: 'sum(rate(haproxy_backend_http_responses_total{proxy="web",code="5xx"}[$__rate_interval])) / sum(rate(haproxy_backend_http_responses_total{proxy="web"}[$__rate_interval]))',
              legend: '5xx',
              emptyWhen: 'there are no requests',
            },
          ],
          alert: 'HighErrorRate',
          width: 'full',
        },
      ],
    },
    {
      title: 'Failures and alerts',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Alert history',
          description: 'Firing alerts over time, by alert and host.',
          unit: 'short',
          width: 'full',
          queries: [
            {
              expr: 'max by (alertname, host) (ALERTS{alertstate="firing",severity!="none"})',
              legend: '{{alertname}} {{host}}',
              emptyWhen: 'no alert is firing',
            },
          ],
          states: FIRING,
        },
        {
          kind: 'state-timeline',
          title: 'Target availability by host',
          description: 'Shows whether Prometheus can scrape all targets on each host.',
          unit: 'short',
          queries: [{ expr: 'min by (host) (up)', legend: '{{host}}' }],
          states: UP,
          alert: 'TargetDown',
          drillDown: 'holdfast-monitors',
        },
        {
          kind: 'state-timeline',
          title: 'Virtual IP owner',
          description: 'Load balancer that owns each virtual IP.',
          unit: 'short',
          queries: [{ expr: 'max by (iname, host) (lb_virtual_address_held)', legend: '{{iname}} on {{host}}' }],
          states: YES_NO,
          alert: 'VirtualAddressDuplicated',
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'state-timeline',
          title: 'ONLINE database nodes',
          description: 'Shows whether each database node is ONLINE.',
          unit: 'short',
          queries: [{ expr: 'max by (node) (holdfast_db_node_state{state="ONLINE"})', legend: '{{node}}' }],
          states: { 0: { text: 'not ONLINE', is: 'bad' }, 1: { text: 'ONLINE', is: 'good' } },
          alert: 'DatabaseNodeLost',
          drillDown: 'holdfast-database',
        },
        {
          kind: 'state-timeline',
          title: 'Database writer and cache primary',
          description: 'Database node that receives writes, and cache instance that receives commands.',
          unit: 'short',
          queries: [
            { expr: 'max by (node) (holdfast_db_writer)', legend: 'writes: {{node}}' },
            { expr: 'max by (server) (haproxy_server_status{proxy="cache",state="UP"})', legend: 'cache: {{server}}' },
          ],
          states: YES_NO,
          drillDown: 'holdfast-database',
        },
      ],
    },
    {
      title: 'Maintenance and experiments',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Drained hosts',
          description: 'Hosts that a change or an operator took out of service. `holdfast status` shows who and why.',
          unit: 'short',
          queries: [
            {
              expr: 'count by (drained, kind) (maintenance_drain_start_timestamp_seconds)',
              legend: '{{drained}} ({{kind}})',
              emptyWhen: 'no host was drained',
            },
          ],
          states: ACTIVE,
        },
        {
          kind: 'state-timeline',
          title: 'Changes and experiments in progress',
          description:
            'Changes of the stack, and guarantees that are being proven. `holdfast maintenance log` lists changes.',
          unit: 'short',
          queries: [
            {
              expr: 'max by (what) (maintenance_change_running)',
              legend: '{{what}}',
              emptyWhen: 'no change was in progress',
            },
            {
              expr: 'max by (guarantee) (experiment_running) == 1',
              legend: 'prove {{guarantee}}',
              emptyWhen: 'no experiment was running',
            },
          ],
          states: ACTIVE,
        },
        {
          kind: 'table',
          title: 'Last experiment of each guarantee',
          description: 'Verdict of the last experiment, and its end.',
          unit: 'dateTimeFromNow',
          columns: { guarantee: 'Guarantee', verdict: 'Verdict' },
          queries: [
            {
              expr: 'max by (guarantee, verdict) ((experiment_verdict == 1) * on (guarantee) group_left () experiment_last_run_timestamp_seconds) * 1000',
              legend: 'Ended',
              emptyWhen: 'no experiment has ended yet',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Overdue drains',
          description: 'Time since the planned end of drains that have lasted longer.',
          unit: 's',
          queries: [
            {
              expr: 'max by (drained) (time() - maintenance_drain_end_timestamp_seconds) > 0',
              legend: '{{drained}}',
              emptyWhen: 'no drain is past its planned end',
            },
          ],
          alert: 'HostDrainForgotten',
        },
      ],
    },
    {
      title: 'Releases and restarts',
      panels: [
        {
          kind: 'timeseries',
          title: 'Application hosts by release',
          description: 'Number of application hosts that run each release.',
          unit: 'short',
          queries: [{ expr: 'count by (version) (release_info)', legend: '{{version}}' }],
          stacked: true,
          drillDown: 'holdfast-app',
        },
        {
          kind: 'table',
          title: 'Last rollout of a release',
          description: 'Its version and start. `holdfast release list` shows all rollouts with their results.',
          unit: 'dateTimeFromNow',
          columns: { version: 'Version' },
          queries: [
            {
              expr: 'max by (version) (release_last_start_timestamp_seconds) * 1000',
              legend: 'Started',
              emptyWhen: 'no release was rolled out yet',
            },
          ],
        },
        {
          kind: 'table',
          title: 'Process start times',
          description: 'Start time of each process that exposes it.',
          unit: 'dateTimeFromNow',
          columns: { host: 'Host', job: 'What' },
          queries: [{ expr: 'max by (host, job) (process_start_time_seconds{job=~".+"}) * 1000', legend: 'Started' }],
          drillDown: 'holdfast-monitors',
        },
      ],
    },
  ],
};
